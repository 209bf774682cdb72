import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { WasmBackend } from './kernel.js'

/*
 * Tensors on the wasm heap, seen from JavaScript. One rule holds for all callers: the heap may move when it grows, so take the arrays
 * (`floats`, `integers`) after the last `allocate` or kernel call before using them, never before.
 */

/** A new float32 tensor with undefined contents. Give it back with {@link release}, or return it from the kernel. */
export function allocate(backend: WasmBackend, shape: readonly number[]): TensorInfo {
  return backend.makeOutput([...shape], 'float32')
}

/** Gives tensors back to the heap. */
export function release(backend: WasmBackend, ...tensors: readonly TensorInfo[]): void {
  for (const tensor of tensors) backend.disposeData(tensor.dataId)
}

/** The values of a float32 tensor: a window onto the heap, not a copy. */
export function floats(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  return new Float32Array(backend.wasm.HEAPU8.buffer, addressOf(backend, tensor), util.sizeFromShape(tensor.shape))
}

/** The values of an int32 tensor: a window onto the heap, not a copy. */
export function integers(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  return new Int32Array(backend.wasm.HEAPU8.buffer, addressOf(backend, tensor), util.sizeFromShape(tensor.shape))
}

/** Where a tensor's values begin on the heap, in bytes. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset
}
