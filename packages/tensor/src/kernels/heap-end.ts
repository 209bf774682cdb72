import { memory } from '#tfjs/core'
import { UserError } from '@touchstone/core'
import type { WasmBackend } from './kernel.js'

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`

/**
 * Makes the end of the wasm heap an error that says what happened. tfjs takes the answer of a failed allocation for an address, and so writes the
 * tensor over the beginning of its own memory.
 */
export function guardHeapEnd(backend: WasmBackend): void {
  const { wasm } = backend
  // The first call puts another function in the place of this one.
  wasm._free(wasm._malloc(1))
  const allocate = wasm._malloc
  wasm._malloc = (bytes) => {
    const address = allocate(bytes)
    if (address !== 0) return address
    throw new UserError(
      `A tensor of ${mebibytes(bytes)} does not fit into the memory of TensorFlow.js's wasm backend, which ends at 4096 MiB: tensors hold `
      + `${mebibytes(memory().numBytes)} of it, and what is computed from filters, and gaps between them, the rest. Compute fewer rows at once (batchRows)`,
    )
  }
}
