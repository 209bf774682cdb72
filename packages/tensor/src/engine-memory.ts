import { backend as backendInUse, getBackend, memory } from '#tfjs/core'
import type { EngineMemory } from '@touchstone/core'
import type { WasmBackend } from './kernels/index.js'

/**
 * How much memory the open engine uses. On wasm that is its heap, which grows up to 4 GiB and never shrinks; on cpu the bytes of all tensors, which have
 * no such end.
 */
export function engineMemory(): EngineMemory {
  const tensors = () => memory().numTensors
  if (getBackend() !== 'wasm') return { used: () => memory().numBytes, limit: Infinity, tensors }
  const { wasm } = backendInUse() as unknown as WasmBackend
  return { used: () => wasm.HEAPU8.buffer.byteLength, limit: 2 ** 32, tensors }
}
