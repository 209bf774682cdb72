import { bootstrapMeans, createRandomness, mean, wilsonInterval, type Direction } from '@touchstone/core'
import { grouped } from './grouped.js'
import type { DiagnosticRow, DiagnosticSummary, ResultRow, SummaryRow } from './results.js'

/** Means with their 95 % bootstrap intervals, over the examples with a value; the others are counted. */
export function summarise(rows: readonly ResultRow[], directions: ReadonlyMap<string, Direction>, seed: number): readonly SummaryRow[] {
  const groups = grouped(rows, ({ model, attributer, metric }) => [model, attributer, metric])
  const samples = groups.map((group) => group.flatMap(({ value }) => value ?? []))
  // The same draws for all: intervals do not depend on labels, and methods are resampled alike.
  const intervals = bootstrapMeans(samples, createRandomness(seed, 'summary'))
  return groups.map((group, index) => {
    const { model, attributer, metric } = group[0]!
    const values = samples[index]!
    return {
      model,
      attributer,
      metric,
      direction: directions.get(metric)!,
      n: values.length,
      undefined: group.length - values.length,
      mean: values.length > 0 ? mean(values) : null,
      ciLow: intervals[index]?.low ?? null,
      ciHigh: intervals[index]?.high ?? null,
      ...robustShare(group),
    }
  })
}

/** At how many examples the method counts as robust, where the metric says it. */
function robustShare(group: readonly ResultRow[]): Pick<SummaryRow, 'robust'> {
  const robust = group.flatMap(({ value, parts }) => (value === null ? [] : (parts?.robust ?? [])))
  if (robust.length === 0) return {}
  const { low, high } = wilsonInterval(robust.reduce((a, b) => a + b), robust.length)
  return { robust: { share: mean(robust), ciLow: low, ciHigh: high } }
}

/** Mean, smallest and largest of what each method says of its maps. */
export function summariseDiagnostics(rows: readonly DiagnosticRow[]): readonly DiagnosticSummary[] {
  return grouped(rows, ({ model, attributer, name }) => [model, attributer, name]).map((group) => {
    const { model, attributer, name } = group[0]!
    const values = group.flatMap(({ value }) => value ?? [])
    const ofValues = (statistic: () => number): number | null => (values.length > 0 ? statistic() : null)
    return { model, attributer, name, n: values.length, mean: ofValues(() => mean(values)), min: ofValues(() => values.reduce((a, b) => Math.min(a, b))), max: ofValues(() => values.reduce((a, b) => Math.max(a, b))) }
  })
}
