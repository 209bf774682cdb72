import { createRandomness, kendallTauB, mean, percentileInterval, resampledMeans, spearman, type Interval } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'

/** A number with its 95 % bootstrap interval over inputs. */
export interface Estimate extends Interval {
  readonly value: number
  /** The number in each resample of the inputs, the same inputs for all estimates of one `Scores`. */
  readonly resampled: Float64Array
}

/** Scores of some metrics at the inputs at which all of them have a value for every method and model: larger is better, whatever the metric. */
export interface Scores {
  readonly methods: readonly string[]
  readonly inputs: number
  /** By metric and model: for each method its mean over inputs. */
  readonly means: (metric: string, model: string) => readonly number[]
  /** How two rankings of the methods agree, each by the mean of a metric on a model. `scaled` multiplies the means of single methods first. */
  readonly tau: (one: Ranking, other: Ranking) => Estimate
  /** Spearman's correlation of the same. */
  readonly rho: (one: Ranking, other: Ranking) => Estimate
  /** Any number that is made of means. */
  readonly estimate: (of: (means: (ranking: Ranking) => readonly number[]) => number) => Estimate
}

export interface Ranking {
  readonly metric: string
  readonly model: string
  readonly scaled?: (method: string) => number
}

/** @throws Error where no input has a value by all */
export function scoresOf({ rows, summary }: Results, metrics: readonly string[], models: readonly string[]): Scores {
  const methods = [...new Set(summary.filter(({ metric }) => metrics.includes(metric)).map(({ attributer }) => attributer))]
  const key = (metric: string, model: string, method: string): string => JSON.stringify([metric, model, method])
  const byExample = new Map<string, Results['rows'][number][]>()
  for (const row of rows) if (row.value !== null && metrics.includes(row.metric) && models.includes(row.model)) byExample.set(row.example, [...(byExample.get(row.example) ?? []), row])
  const complete = [...byExample.values()].filter((some) => some.length === metrics.length * models.length * methods.length)
  if (complete.length === 0) throw new Error(`no input has a value by ${metrics.join(', ')} for every method`)
  const sign = new Map(summary.map(({ metric, direction }) => [metric, direction === 'lower' ? -1 : 1]))
  const samples = new Map<string, number[]>()
  for (const some of complete) for (const { metric, model, attributer, value } of some) samples.set(key(metric, model, attributer), [...(samples.get(key(metric, model, attributer)) ?? []), sign.get(metric)! * value!])
  const keys = [...samples.keys()]
  const resampled = new Map(resampledMeans([...samples.values()], createRandomness(1, 'inputs')).map((means, i) => [keys[i]!, means]))
  const from = (meanOf: (which: string) => number) => ({ metric, model, scaled = () => 1 }: Ranking): readonly number[] => methods.map((method) => scaled(method) * meanOf(key(metric, model, method)))
  const estimate: Scores['estimate'] = (of) => {
    const draws = Float64Array.from({ length: 2000 }, (_, draw) => of(from((which) => resampled.get(which)![draw]!)))
    return { value: of(from((which) => mean(samples.get(which)!))), ...percentileInterval(draws), resampled: draws }
  }
  return {
    methods,
    inputs: complete.length,
    means: (metric, model) => from((which) => mean(samples.get(which)!))({ metric, model }),
    estimate,
    tau: (one, other) => estimate((means) => kendallTauB(means(one), means(other))),
    rho: (one, other) => estimate((means) => spearman(means(one), means(other))),
  }
}
