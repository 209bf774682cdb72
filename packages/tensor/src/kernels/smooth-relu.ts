import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import type { SmoothReluShape } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'
import type { SmoothReluAttrs } from './smooth-relu-in-steps.js'

/** ReLU without its kinks: see `smoothRelu` of the gradients. */
export const smoothRelu = defineKernel<{ readonly x: TensorInfo }, SmoothReluAttrs>('SmoothRelu', () => (backend, { x }, attrs) => {
  const out = allocate(backend, x.shape)
  simd(backend).smoothRelu(addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), ...shapeOf(attrs))
  return out
})

/** Its slope times a signal of the same shape. */
export const smoothReluGrad = defineKernel<{ readonly dy: TensorInfo, readonly x: TensorInfo }, SmoothReluAttrs>('SmoothReluGrad', () => (backend, { dy, x }, attrs) => {
  const out = allocate(backend, x.shape)
  simd(backend).smoothReluGradient(addressOf(backend, dy), addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), ...shapeOf(attrs))
  return out
})

/** Its curvature times two signals of the same shape. */
export const smoothReluCurvature = defineKernel<{ readonly a: TensorInfo, readonly b: TensorInfo, readonly x: TensorInfo }, SmoothReluAttrs>('SmoothReluCurvature', () => (backend, { a, b, x }, attrs) => {
  const out = allocate(backend, x.shape)
  simd(backend).smoothReluCurvature(addressOf(backend, a), addressOf(backend, b), addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), ...shapeOf(attrs))
  return out
})

/** What the kernels are told of a shape. */
function shapeOf({ alpha, beta, max }: SmoothReluAttrs): SmoothReluShape {
  return [alpha, beta, max, Math.exp(-beta * max)]
}
