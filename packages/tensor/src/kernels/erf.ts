import { backend_util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats } from './heap.js'
import { defineKernel } from './kernel.js'

/**
 * The error function of every value, which tfjs's wasm backend lacks: no gelu without it. By the polynomial that tfjs's other backends take, right to
 * 1.5e-7 (Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26).
 */
export const erf = defineKernel<{ readonly x: TensorInfo }, object>('Erf', () => (backend, { x }) => {
  const out = allocate(backend, x.shape)
  const [from, to] = [floats(backend, x), floats(backend, out)]
  const { ERF_P, ERF_A1, ERF_A2, ERF_A3, ERF_A4, ERF_A5 } = backend_util
  for (let i = 0; i < from.length; i++) {
    const size = Math.abs(from[i]!)
    const t = 1 / (1 + ERF_P * size)
    to[i] = Math.sign(from[i]!) * (1 - ((((ERF_A5 * t + ERF_A4) * t + ERF_A3) * t + ERF_A2) * t + ERF_A1) * t * Math.exp(-size * size))
  }
  return out
})
