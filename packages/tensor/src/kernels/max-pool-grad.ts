import { backend_util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import type { ConvolutionAttrs } from './convolution.js'
import { addressOf, allocate, floats } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly dy: TensorInfo, readonly input: TensorInfo }

/** What tfjs's pooling kernels are told. */
export interface PoolAttrs extends ConvolutionAttrs { readonly filterSize: number | [number, number] }

/**
 * The gradient of max-pooling: `input` `[rows, height, width, channels]`, `dy` of the pooled shape, result of the input's shape. Each value of
 * `dy` goes to the largest value of its window; of several equal ones to the first, line by line.
 *
 * tfjs's own kernel starts its search for the maximum at the smallest positive number. A window without a positive value then has no maximum,
 * and its gradient is lost or lands on the tensor's first element: harmless after a ReLU, silently wrong before one.
 */
export const maxPoolGrad = defineKernel<Inputs, PoolAttrs>('MaxPoolGrad', () => (backend, { dy, input }, attrs) => {
  const dx = allocate(backend, input.shape)
  floats(backend, dx).fill(0)
  const [x, from, to] = [input, dy, dx].map((tensor) => addressOf(backend, tensor)) as [number, number, number]
  simd(backend).maxPoolGradient(x, from, to, ...windows(poolGeometry(input.shape, attrs)))
  return dx
})

/** The geometry of a pooling of images `[rows, height, width, channels]`. */
export function poolGeometry(inputShape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): backend_util.Conv2DInfo {
  return backend_util.computePool2DInfo(inputShape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode)
}

/** The geometry as the kernels in `assembly` take it. */
export function windows(geometry: backend_util.Conv2DInfo) {
  return [
    geometry.batchSize, geometry.inHeight, geometry.inWidth, geometry.inChannels, geometry.outHeight, geometry.outWidth,
    geometry.effectiveFilterHeight, geometry.effectiveFilterWidth, geometry.strideHeight, geometry.strideWidth, geometry.padInfo.top, geometry.padInfo.left,
  ] as const
}
