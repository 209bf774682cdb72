import { backend, getBackend } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { floats } from './kernels/heap.js'
import type { WasmBackend } from './kernels/kernel.js'

/**
 * A copy of the values of a float32 tensor, at once: they lie on wasm's heap. Elsewhere they may lie on a card, and whoever wants them waits, by `await tensor.data()`;
 * tfjs's `dataSync` would hold up everything, and fails on WebGPU in Node.
 *
 * @throws Error on another backend
 */
export function heapValues(tensor: TensorInfo): Float32Array {
  if (getBackend() !== 'wasm') throw new Error(`on ${getBackend()} values cannot be read at once: use await tensor.data()`)
  return floats(backend() as unknown as WasmBackend, tensor).slice()
}
