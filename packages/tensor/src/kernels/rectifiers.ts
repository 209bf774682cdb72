import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'
import type { WasmBackend } from './kernel.js'

/** A signal, and where the leaky ReLU that it passes was taken: of one shape. */
export interface RectifierInputs { readonly dy: TensorInfo, readonly x: TensorInfo }
export interface RectifierAttrs { readonly alpha: number }

/** x where it is above 0, alpha x elsewhere. tfjs's own kernel takes ten times as long. */
export const leakyRelu = defineKernel<Pick<RectifierInputs, 'x'>, RectifierAttrs>('LeakyRelu', (stock) => {
  const run = stock('LeakyRelu')
  return (backend, { x }, attrs) => x.dtype === 'float32' ? rectified(backend, { dy: x, x }, attrs) : run(backend, { x }, attrs)
})

/** Its gradient, dy where x is above 0, alpha dy elsewhere, and with alpha 0 that of ReLU: one pass over the memory, and no mask that is kept. */
export const leakyReluGrad = defineKernel<RectifierInputs, RectifierAttrs>('LeakyReluGrad', () => rectified)

function rectified(backend: WasmBackend, { dy, x }: RectifierInputs, { alpha }: RectifierAttrs): TensorInfo {
  const out = allocate(backend, x.shape)
  simd(backend).leakyReluGradient(addressOf(backend, dy), addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), alpha)
  return out
}
