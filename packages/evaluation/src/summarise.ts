import { bootstrapMean, createRandomness, mean, type Direction } from '@touchstone/core'
import type { DiagnosticRow, DiagnosticSummary, ResultRow, SummaryRow } from './results.js'

/** Means with their 95 % bootstrap intervals, over the examples with a value; the others are counted. */
export function summarise(rows: readonly ResultRow[], directions: ReadonlyMap<string, Direction>, seed: number): readonly SummaryRow[] {
  return grouped(rows, ({ model, attributer, metric }) => [model, attributer, metric]).map((group) => {
    const { model, attributer, metric } = group[0]!
    const values = group.flatMap(({ value }) => value ?? [])
    // The same draws for all: intervals do not depend on labels, and methods are resampled alike.
    const interval = bootstrapMean(values, createRandomness(seed, 'summary'))
    return {
      model,
      attributer,
      metric,
      direction: directions.get(metric)!,
      n: values.length,
      undefined: group.length - values.length,
      mean: values.length > 0 ? mean(values) : null,
      ciLow: interval?.low ?? null,
      ciHigh: interval?.high ?? null,
    }
  })
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

/** Rows with equal keys together, in the order in which keys first appear. */
function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => readonly string[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row))
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}
