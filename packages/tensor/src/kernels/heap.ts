import { util } from '@tensorflow/tfjs-core'
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
  return new Float32Array(backend.wasm.HEAPU8.buffer, offsetOf(backend, tensor), util.sizeFromShape(tensor.shape))
}

/** The values of an int32 tensor: a window onto the heap, not a copy. */
export function integers(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  return new Int32Array(backend.wasm.HEAPU8.buffer, offsetOf(backend, tensor), util.sizeFromShape(tensor.shape))
}

/** The same values under another shape. Borrowed: it has no life of its own and is not to be released. */
export function reshaped(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape: [...shape] }
}

/**
 * Runs `use` on a part of a float32 tensor as if it were a tensor, without copying it.
 *
 * @param start - index of the part's first value
 * @param shape - the part's shape
 * @returns what `use` returns, which must not be the part itself
 */
export function withPart<Result>(
  backend: WasmBackend, whole: TensorInfo, start: number, shape: readonly number[], use: (part: TensorInfo) => Result,
): Result {
  const part = backend.makeOutput([...shape], 'float32', offsetOf(backend, whole) + start * Float32Array.BYTES_PER_ELEMENT)
  try {
    return use(part)
  } finally {
    // Forget the part without freeing its memory, which `disposeData` of the backend would do: that belongs to the whole.
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(part.dataId).id)
    backend.dataIdMap.delete(part.dataId)
  }
}

function offsetOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset
}
