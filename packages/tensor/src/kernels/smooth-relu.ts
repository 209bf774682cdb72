import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'

interface Attrs { readonly beta: number, readonly max: number }

/** ReLU without its kinks: see `smoothRelu` of the gradients. */
export const smoothRelu = defineKernel<{ readonly x: TensorInfo }, Attrs>('SmoothRelu', () => (backend, { x }, { beta, max }) => {
  const out = allocate(backend, x.shape)
  simd(backend).smoothRelu(addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), beta, max, Math.exp(-beta * max))
  return out
})

/** Its slope times a signal of the same shape. */
export const smoothReluGrad = defineKernel<{ readonly dy: TensorInfo, readonly x: TensorInfo }, Attrs>('SmoothReluGrad', () => (backend, { dy, x }, { beta, max }) => {
  const out = allocate(backend, x.shape)
  simd(backend).smoothReluGradient(addressOf(backend, dy), addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), beta, max, Math.exp(-beta * max))
  return out
})

/** Its curvature times two signals of the same shape. */
export const smoothReluCurvature = defineKernel<{ readonly a: TensorInfo, readonly b: TensorInfo, readonly x: TensorInfo }, Attrs>('SmoothReluCurvature', () => (backend, { a, b, x }, { beta, max }) => {
  const out = allocate(backend, x.shape)
  simd(backend).smoothReluCurvature(addressOf(backend, a), addressOf(backend, b), addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), beta, max, Math.exp(-beta * max))
  return out
})
