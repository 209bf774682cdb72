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
  const n = values.length
  if (n < 2) return undefined
  const means = new Float64Array(resamples)
  const sample = new Float64Array(n)
  for (let draw = 0; draw < resamples; draw++) {
    const uniforms = randomness.uniforms('bootstrap', draw, n)
    for (let index = 0; index < n; index++) sample[index] = values[Math.floor(uniforms[index]! * n)]!
    means[draw] = mean(sample)
  }
  means.sort()
  const tail = (1 - confidence) / 2
  return { low: quantile(means, tail), high: quantile(means, 1 - tail) }
}

/** The `p` quantile of ascending values, with linear interpolation between neighbours (R type 7). NaN of nothing. */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const position = (ascending.length - 1) * p
  const below = Math.floor(position)
  const above = Math.min(below + 1, ascending.length - 1)
  const low = ascending[below] ?? Number.NaN
  return low + (position - below) * ((ascending[above] ?? Number.NaN) - low)
}
