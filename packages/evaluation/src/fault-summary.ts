import type { JobFault, JobReport } from '@touchstone/core'
import type { FaultyExtension } from './results.js'

/** Why units are undefined that extensions failed to give; undefined for all others. */
export interface FaultReasons {
  readonly map: (model: string, example: string, attributer: string) => string | undefined
  readonly score: (model: string, example: string, attributer: string, metric: string) => string | undefined
}

export function faultReasons(reports: readonly JobReport[]): FaultReasons {
  const reasons = new Map<string, string>()
  const key = (...labels: readonly string[]): string => JSON.stringify(labels)
  for (const { model, faults = [] } of reports) {
    for (const { reason, units } of faults) for (const { example, attributer, metric } of units) reasons.set(key(model, example, attributer, ...(metric === undefined ? [] : [metric])), reason)
  }
  return { map: (...labels) => reasons.get(key(...labels)), score: (...labels) => reasons.get(key(...labels)) }
}

/** One entry per extension, in alphabetical order. */
export function faultyExtensions(reports: readonly JobReport[]): readonly FaultyExtension[] {
  const found = new Map<string, { first: JobFault; readonly units: Set<string> }>()
  for (const { model, faults = [] } of reports) {
    for (const fault of faults) {
      const known = found.get(fault.extension) ?? { first: fault, units: new Set<string>() }
      found.set(fault.extension, known)
      // Jobs end in any order: what is said must not depend on it.
      if (fault.reason < known.first.reason) known.first = fault
      for (const unit of fault.units) known.units.add(JSON.stringify([model, unit]))
    }
  }
  return [...found].map(([extension, { first, units }]) => ({ extension, units: units.size, reason: first.reason })).sort((a, b) => (a.extension < b.extension ? -1 : 1))
}

export function faultWarning({ units, reason }: FaultyExtension): string {
  if (units === 0) return `${reason}; this is a fault of the plugin`
  return `${units} ${units === 1 ? 'map or score is' : 'maps and scores are'} undefined: ${reason}; this is a fault of the plugin, the next run tries again`
}
