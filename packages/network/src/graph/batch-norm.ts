import type { Normalisation, Weight } from './node.js'

/** What a trained batch normalisation holds. */
export type BatchNormWeights = Omit<Normalisation, 'momentum'>

/** Normalisation with fixed mean and variance as one scale and one shift per channel, worked out in double precision. */
export function batchNormAffine({ mean, variance, gamma, beta, epsilon }: BatchNormWeights): { readonly scale: Weight; readonly shift: Weight } {
  const scale = Float64Array.from(variance.data, (value, i) => (gamma?.data[i] ?? 1) / Math.sqrt(value + epsilon))
  const shift = Float64Array.from(scale, (value, i) => (beta?.data[i] ?? 0) - mean.data[i]! * value)
  return { scale: { shape: mean.shape, data: Float32Array.from(scale) }, shift: { shape: mean.shape, data: Float32Array.from(shift) } }
}
