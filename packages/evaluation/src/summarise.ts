import { bootstrapMean, createRandomness, mean, type Direction } from '@touchstone/core'
import type { ResultRow, SummaryRow } from './results.js'

/** Means with their 95 % bootstrap intervals, over the examples with a value; the others are counted. */
export function summarise(rows: readonly ResultRow[], directions: ReadonlyMap<string, Direction>, seed: number): readonly SummaryRow[] {
  const groups = new Map<string, ResultRow[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.model, row.attributer, row.metric])
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()].map((group) => {
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
