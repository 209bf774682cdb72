import { ascending, descending, type Randomness } from '@touchstone/core'

/** The features of a map from the most relevant, ties in an order drawn at random: by index, the first rows of an image would win them all. */
export function ranking(features: Float64Array, randomness: Randomness): Uint32Array {
  const drawn = ascending(randomness.uniforms('@touchstone/robustness-sr:ties', 0, features.length))
  return descending(Float64Array.from(drawn, (index) => features[index]!)).map((place) => drawn[place]!)
}

/** 1 where a value may change: the features before place `k` of the ranking, or those from it on. A feature's values follow one another. */
export function maskOf(order: Uint32Array, k: number, side: 'relevant' | 'irrelevant', size: number): Float32Array {
  const channels = size / order.length
  const mask = new Float32Array(size)
  for (const feature of side === 'relevant' ? order.subarray(0, k) : order.subarray(k)) mask.fill(1, feature * channels, (feature + 1) * channels)
  return mask
}
