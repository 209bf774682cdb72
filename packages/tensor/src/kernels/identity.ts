import type { TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel } from './kernel.js'
import type { WasmBackend } from './kernel.js'

interface Inputs { readonly x: TensorInfo }

/**
 * The same tensor once more. It shares its values, which nothing ever changes, as tfjs's reshape and its cpu backend's identity do; tfjs's own on
 * wasm copies them. That is one copy for every tensor that an operation saves for the backward pass, and a filter that is another one for each
 * gradient, so that whatever was prepared for it (`derived`, XNNPACK's packing) is lost.
 */
export const identity = defineKernel<Inputs, object>('Identity', (stock) => {
  const run = stock('Identity')
  return (backend, { x }, attrs) => x.dtype === 'string' ? run(backend, { x }, attrs) : shared(backend, x)
})

/** Another tensor with the same values. */
export function shared(backend: WasmBackend, x: TensorInfo): TensorInfo {
  backend.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
}
