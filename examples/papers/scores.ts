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

const resamples = 2000
/** Means that agree in so many digits are tied: LRP and input x gradient are the same map up to rounding, and rounding shall not order them. */
const digits = 5

/** No input has a value by all that is compared. */
export class NothingInCommon extends Error {}

/** @throws NothingInCommon */
export function scoresOf({ rows, summary }: Results, metrics: readonly string[], models: readonly string[]): Scores {
  const methods = [...new Set(summary.filter(({ metric }) => metrics.includes(metric)).map(({ attributer }) => attributer))]
  const byExample = new Map<string, Results['rows'][number][]>()
  for (const row of rows) {
    if (row.value === null || !metrics.includes(row.metric) || !models.includes(row.model)) continue
    const some = byExample.get(row.example)
    if (some) some.push(row)
    else byExample.set(row.example, [row])
  }
  const complete = [...byExample.values()].filter((some) => some.length === metrics.length * models.length * methods.length)
  if (complete.length === 0) throw new NothingInCommon(`no input has a value by ${metrics.join(', ')} for every method`)

  const sign = new Map(summary.map(({ metric, direction }) => [metric, direction === 'lower' ? -1 : 1]))
  const key = (metric: string, model: string): string => `${metric} on ${model}`
  const samples = new Map(metrics.flatMap((metric) => models.map((model) => [key(metric, model), methods.map(() => new Float64Array(complete.length))] as const)))
  for (const [i, some] of complete.entries()) for (const { metric, model, attributer, value } of some) samples.get(key(metric, model))![methods.indexOf(attributer)]![i] = sign.get(metric)! * value!
  // One call, so that all take the same inputs in each draw.
  const draws = resampledMeans([...samples.values()].flat(), createRandomness(1, 'inputs'), resamples)
  const drawn = new Map([...samples.keys()].map((name, i) => [name, draws.slice(i * methods.length, (i + 1) * methods.length)]))

  const ranking = (meanOf: (name: string, method: number) => number) => ({ metric, model, scaled = () => 1 }: Ranking): readonly number[] => {
    const name = key(metric, model)
    return methods.map((method, i) => Number((scaled(method) * meanOf(name, i)).toPrecision(digits)))
  }
  const observed = ranking((name, method) => mean(samples.get(name)![method]!))
  const estimate: Scores['estimate'] = (of) => {
    const resampled = Float64Array.from({ length: resamples }, (_, draw) => of(ranking((name, method) => drawn.get(name)![method]![draw]!)))
    return { value: of(observed), ...percentileInterval(resampled), resampled }
  }
  return {
    methods,
    inputs: complete.length,
    estimate,
    tau: (one, other) => estimate((means) => kendallTauB(means(one), means(other))),
    rho: (one, other) => estimate((means) => spearman(means(one), means(other))),
  }
}
