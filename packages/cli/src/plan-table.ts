import type { Pilot, Plan } from '@touchstone/evaluation'
import { formatTable } from './table.js'

/** About what the work of a plan costs. */
export interface PlanTotals {
  readonly units: number
  readonly kept: number
  readonly rows: number
  readonly bytes: number
  /** From as if every row were a forward pass, to as if every row were a forward pass with its gradient. */
  readonly seconds: { readonly low: number; readonly high: number }
}

/** What a row with its gradient takes of forward passes, about. */
const gradient = 2.5

/** @param speed seconds that a forward row of each model takes; @param threads how many share the work. */
export function planTotals({ units, rows }: Plan, speed: ReadonlyMap<string, number>, threads: number): PlanTotals {
  const sum = (of: (unit: Plan['units'][number]) => number): number => units.reduce((total, unit) => total + of(unit), 0)
  const low = sum((unit) => unit.rows * speed.get(unit.model)!) / threads
  return { units: sum((unit) => unit.units), kept: sum(({ kept }) => kept), rows, bytes: sum(({ bytes }) => bytes), seconds: { low, high: low * gradient } }
}

export function planTable(plan: Plan, speed: ReadonlyMap<string, number>, threads: number): string {
  const rows = plan.units.map(({ kind, model, attributer, metric, units, kept, rows: cost, adaptive, bytes }) => [
    kind === 'map' ? `${model}: maps of ${attributer}` : `${model}: ${attributer} by ${metric!}`,
    String(units),
    String(kept),
    `${adaptive && cost > 0 ? 'up to ' : ''}${Math.round(cost)}`,
    formatBytes(bytes),
  ])
  const totals = planTotals(plan, speed, threads)
  const { seconds } = totals
  const summary =
    totals.units === totals.kept
      ? 'all of it is there: a run takes what is kept'
      : `${totals.units - totals.kept} of ${totals.units} maps and scores are missing: ${Math.round(totals.rows)} model rows in ${plan.jobs.length} jobs, about ${formatSeconds(seconds.low)} to ${formatSeconds(seconds.high)} on ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${formatBytes(totals.bytes)} of the store; ` +
        'the time is that of the models alone, where every row is a forward pass, or one with its gradient; --pilot measures what it really is'
  return `${formatTable([['', 'units', 'there', 'rows to do', 'disk'], ...rows])}\n\n${summary}`
}

export function pilotText({ done, of, seconds, secondsLeft }: Pilot): string {
  return `${done} of ${of} examples were done in ${formatSeconds(seconds)}, and are kept; ${done === of ? 'nothing is left' : `the rest takes about ${formatSeconds(secondsLeft)}`}`
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]!}`
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Number(seconds.toPrecision(2))} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Number((seconds / 3600).toPrecision(2))} h`
}
