import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'
import { poolGeometry, windows } from './max-pool-grad.js'
import type { PoolAttrs } from './max-pool-grad.js'

interface Inputs { readonly values: TensorInfo, readonly input: TensorInfo }

/**
 * For each window of max-pooling over `input` `[rows, height, width, channels]`, the value of `values`, of the same shape, that stands where the
 * window's largest value does (the first of several equal ones). Result of the pooled shape.
 *
 * It is the transpose of `MaxPoolGrad`, and so the gradient of the gradient of max-pooling, which tfjs has not at all. Put together from
 * other operations it takes most of the time of a second derivative.
 */
export const maxPoolGradGrad = defineKernel<Inputs, PoolAttrs>('MaxPoolGradGrad', () => (backend, { values, input }, attrs) => {
  const geometry = poolGeometry(input.shape, attrs)
  const out = allocate(backend, geometry.outShape)
  simd(backend).gatherLargest(addressOf(backend, input), addressOf(backend, out), addressOf(backend, values), ...windows(geometry))
  return out
})
