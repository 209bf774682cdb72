import { digestHex } from '@touchstone/core'

/** The bytes of an input as a hash. */
export function digestInput(input: Float32Array): Promise<string> {
  return digestHex(new Uint8Array(input.buffer, input.byteOffset, input.byteLength))
}
