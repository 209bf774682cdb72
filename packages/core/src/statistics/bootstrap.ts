import type { Randomness } from '../random/randomness.js'
import { mean } from './correlation.js'

export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The percentile bootstrap interval of the mean: the `(1 - confidence) / 2` quantiles, from both ends, of the means of `resamples`
 * samples drawn from `values` with replacement. Undefined for fewer than two values, which say nothing about their spread.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
 *
 * @param randomness where the draws come from; the same randomness gives the same interval.
 * @param confidence in (0, 1), 0.95 unless told.
 * @param resamples 2000 unless told.
 */
export function bootstrapMean(values: ArrayLike<number>, randomness: Randomness, confidence = 0.95, resamples = 2000): Interval | undefined {
  return bootstrapMeans([values], randomness, confidence, resamples)[0]
}

/** As `bootstrapMean` of each of many samples, with the same numbers; those of equal length share their draws, which are most of the work. */
export function bootstrapMeans(samples: readonly ArrayLike<number>[], randomness: Randomness, confidence = 0.95, resamples = 2000): readonly (Interval | undefined)[] {
  const intervals = new Array<Interval | undefined>(samples.length)
  for (const n of new Set(samples.map(({ length }) => length))) {
    if (n < 2) continue
    const alike = [...samples.keys()].filter((index) => samples[index]!.length === n)
    const means = resampledMeans(alike.map((index) => samples[index]!), randomness, resamples)
    alike.forEach((index, at) => (intervals[index] = percentileInterval(means[at]!, confidence)))
  }
  return intervals
}

/**
 * The means of `resamples` samples drawn with replacement from each of several samples of one length. Draw r takes the same places of all of them:
 * what stands in one place, such as the scores of an example, stays together.
 *
 * @returns one array of `resamples` means per sample.
 */
export function resampledMeans(samples: readonly ArrayLike<number>[], randomness: Randomness, resamples = 2000): readonly Float64Array[] {
  const n = samples[0]?.length ?? 0
  const means = samples.map(() => new Float64Array(resamples))
  const places = new Uint32Array(n)
  const drawn = new Float64Array(n)
  for (let draw = 0; draw < resamples; draw++) {
    const uniforms = randomness.uniforms('bootstrap', draw, n)
    for (let index = 0; index < n; index++) places[index] = Math.floor(uniforms[index]! * n)
    for (let which = 0; which < samples.length; which++) {
      const values = samples[which]!
      for (let index = 0; index < n; index++) drawn[index] = values[places[index]!]!
      means[which]![draw] = mean(drawn)
    }
  }
  return means
}

/** The `(1 - confidence) / 2` quantiles of `values` from both ends. */
export function percentileInterval(values: Float64Array, confidence = 0.95): Interval {
  const ascending = values.toSorted()
  const tail = (1 - confidence) / 2
  return { low: quantile(ascending, tail), high: quantile(ascending, 1 - tail) }
}

/** The `p` quantile of ascending values, with linear interpolation between neighbours (R type 7). NaN of nothing. */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const position = (ascending.length - 1) * p
  const below = Math.floor(position)
  const above = Math.min(below + 1, ascending.length - 1)
  const low = ascending[below] ?? Number.NaN
  return low + (position - below) * ((ascending[above] ?? Number.NaN) - low)
}
