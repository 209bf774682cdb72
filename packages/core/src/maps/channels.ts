import type { AttributionMap, Comparison, Result } from '../contracts/metric.js'
import { option } from '../options.js'
import { schemaOf } from '../schema.js'
import { compareMaps } from './compare.js'

/** What becomes of a map's channels. */
export type Channels = 'sum-abs' | 'sum' | 'keep'

const isChannels = (value: unknown): value is Channels => value === 'sum-abs' || value === 'sum' || value === 'keep'

/** The option `channels` of every comparison that ranks or locates features. */
export const channelsOption = option<Channels>(schemaOf(isChannels, 'expected "sum-abs", "sum" or "keep"'), {
  summary: 'channels become one feature per pixel by the sum of their absolute values (sum-abs) or of their values (sum); or every value is a feature (keep)',
  default: 'sum-abs',
})

/**
 * The features of a map: A_p = sum_c |a_pc| (`sum-abs`), A_p = sum_c a_pc (`sum`), or the values themselves (`keep`).
 *
 * The last axis of a map of rank 3 or more is its channels. A map of rank 1 or 2 counts as one of a single channel, so `[28, 28]` and
 * `[28, 28, 1]` give the same features. Sums are in double precision.
 *
 * Source of `sum-abs`: Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019; taken over by LENS (AAAI 2024).
 *
 * @returns a new array: `[height * width]`, or as many values as the map has for `keep`.
 */
export function featuresOf({ shape, data }: AttributionMap, how: Channels): Float64Array {
  const channelCount = how === 'keep' || shape.length < 3 ? 1 : shape[shape.length - 1]!
  const features = new Float64Array(data.length / channelCount)
  const signed = how !== 'sum-abs'
  // A loop for each: what is decided for every value anew takes longer than the sums.
  if (channelCount === 1 && signed) features.set(data)
  else if (channelCount === 1) for (let index = 0; index < data.length; index++) features[index] = Math.abs(data[index]!)
  else if (signed) for (let pixel = 0, index = 0; pixel < features.length; pixel++) for (let end = index + channelCount; index < end; index++) features[pixel]! += data[index]!
  else for (let pixel = 0, index = 0; pixel < features.length; pixel++) for (let end = index + channelCount; index < end; index++) features[pixel]! += Math.abs(data[index]!)
  return features
}

/** A comparison of two maps' features, from its formula. */
export function compareFeatures(how: Channels, formula: (a: Float64Array, b: Float64Array) => Result): Comparison['compare'] {
  return compareMaps((a, b) => formula(featuresOf(a, how), featuresOf(b, how)))
}
