import type { Randomness } from '../random/randomness.js'

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

/** `bootstrapMean` of each of many samples, sharing the draws of those of one length, which are most of the work. */
export function bootstrapMeans(samples: readonly ArrayLike<number>[], randomness: Randomness, confidence = 0.95, resamples = 2000): readonly (Interval | undefined)[] {
  return resampledMeans(samples, randomness, resamples).map((means, index) => (samples[index]!.length < 2 ? undefined : percentileInterval(means, confidence)))
}

/**
 * The means of `resamples` samples drawn with replacement from each of several samples. Draw r takes the same places of all samples of one length: what stands in
 * one place of them, such as the scores of an example, stays together.
 *
 * @returns one array of `resamples` means per sample; NaN for a sample of nothing.
 */
export function resampledMeans(samples: readonly ArrayLike<number>[], randomness: Randomness, resamples = 2000): readonly Float64Array[] {
  const means = samples.map(() => new Float64Array(resamples))
  for (const n of new Set(samples.map(({ length }) => length))) {
    // One type of array, so that the loop over it is compiled for that type.
    const alike = [...samples.entries()].flatMap(([which, values]) => (values.length === n ? [[which, Float64Array.from(values)] as const] : []))
    const places = new Uint32Array(n)
    const uniforms = new Float64Array(n)
    for (let draw = 0; draw < resamples; draw++) {
      randomness.uniforms('bootstrap', draw, n, uniforms)
      for (let index = 0; index < n; index++) places[index] = Math.floor(uniforms[index]! * n)
      for (const [which, values] of alike) means[which]![draw] = meanAt(values, places)
    }
  }
  return means
}

function meanAt(values: Float64Array, places: Uint32Array): number {
  let sum = 0
  for (let index = 0; index < places.length; index++) sum += values[places[index]!]!
  return sum / places.length
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
