import { bootstrapMeans, createRandomness, mean, wilsonInterval, type Direction } from '@touchstone/core'
import type { DiagnosticSummary, SummaryRow } from './results.js'

/** The scores of one method by one metric on one model. */
export interface ScoreColumn {
  readonly model: string
  readonly attributer: string
  readonly metric: string
  /** One per example; NaN where undefined. */
  readonly values: Float64Array
  /** Of the examples with a value where the metric says whether the method is robust: 1 for yes, 0 for no. */
  readonly robust: readonly number[]
}

/** Means with their 95 % bootstrap intervals, over the examples with a value; the others are counted. */
export function summarise(columns: readonly ScoreColumn[], directions: ReadonlyMap<string, Direction>, seed: number): readonly SummaryRow[] {
  const samples = columns.map(({ values }) => values.filter((value) => !Number.isNaN(value)))
  // The same draws for all: intervals do not depend on labels, and methods are resampled alike.
  const intervals = bootstrapMeans(samples, createRandomness(seed, 'summary'))
  return columns.map(({ model, attributer, metric, values: { length }, robust }, index) => {
    const values = samples[index]!
    return {
      model,
      attributer,
      metric,
      direction: directions.get(metric)!,
      n: values.length,
      undefined: length - values.length,
      mean: values.length > 0 ? mean(values) : null,
      ciLow: intervals[index]?.low ?? null,
      ciHigh: intervals[index]?.high ?? null,
      ...robustShare(robust),
    }
  })
}

/** At how many examples the method counts as robust, where the metric says it. */
function robustShare(robust: readonly number[]): Pick<SummaryRow, 'robust'> {
  if (robust.length === 0) return {}
  const { low, high } = wilsonInterval(robust.reduce((a, b) => a + b), robust.length)
  return { robust: { share: mean(robust), ciLow: low, ciHigh: high } }
}

/** Mean, smallest and largest of what a method says of its maps. @param all one value per map. */
export function summariseDiagnostic(all: readonly number[]): Pick<DiagnosticSummary, 'n' | 'mean' | 'min' | 'max'> {
  const values = all.filter(Number.isFinite)
  if (values.length === 0) return { n: 0, mean: null, min: null, max: null }
  return { n: values.length, mean: mean(values), min: values.reduce((a, b) => Math.min(a, b)), max: values.reduce((a, b) => Math.max(a, b)) }
}
