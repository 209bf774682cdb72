import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate, floats, release } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs {
  readonly x: TensorInfo
  readonly mean: TensorInfo
  readonly variance: TensorInfo
  scale?: TensorInfo | undefined
  offset?: TensorInfo | undefined
}
interface Attrs { readonly varianceEpsilon: number }

/**
 * tfjs's own kernel, except that an absent scale or offset is taken off the list of inputs, where tfjs leaves it as `undefined`. The same list
 * goes onto the tape, and the backward pass would trip over it: no gradient of any network whose normalisation does not scale (Inception v3).
 */
export const fusedBatchNorm = defineKernel<Inputs, Attrs>('FusedBatchNorm', (stock) => {
  const run = stock('FusedBatchNorm')
  return (backend, inputs, attrs) => {
    dropAbsent(inputs)
    return run(backend, inputs, attrs)
  }
})

/**
 * The same on wasm, where tfjs's own kernel takes a square root and a division for every value. The usual case, parameters for each channel, is
 * `(x - mean) * (scale / sqrt(variance + epsilon)) + offset`, with one root and division for each channel.
 */
export const fusedBatchNormOfChannels = defineKernel<Inputs, Attrs>('FusedBatchNorm', (stock) => {
  const run = stock('FusedBatchNorm')
  return (backend, inputs, attrs) => {
    dropAbsent(inputs)
    const { x, mean, variance, scale, offset } = inputs
    const channels = x.shape.at(-1) ?? 1
    const size = util.sizeFromShape(x.shape)
    const ofChannels = [mean, variance, scale, offset].every((tensor) => tensor === undefined || (tensor.shape.length === 1 && tensor.shape[0] === channels))
    if (!ofChannels || x.dtype !== 'float32' || size === 0) return run(backend, inputs, attrs)
    const out = allocate(backend, x.shape)
    const parameters = allocate(backend, [2, channels])
    const slopes = floats(backend, parameters).subarray(0, channels)
    const variances = floats(backend, variance)
    const scales = scale === undefined ? undefined : floats(backend, scale)
    for (let i = 0; i < channels; i++) slopes[i] = (scales?.[i] ?? 1) / Math.sqrt(variances[i]! + attrs.varianceEpsilon)
    const offsets = floats(backend, parameters).subarray(channels)
    if (offset === undefined) offsets.fill(0)
    else offsets.set(floats(backend, offset))
    simd(backend).normalise(
      addressOf(backend, x), addressOf(backend, out), addressOf(backend, mean), slopes.byteOffset, offsets.byteOffset, size / channels, channels,
    )
    release(backend, parameters)
    return out
  }
})

function dropAbsent(inputs: Inputs): void {
  if (inputs.scale === undefined) delete inputs.scale
  if (inputs.offset === undefined) delete inputs.offset
}
