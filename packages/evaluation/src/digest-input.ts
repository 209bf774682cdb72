import { digest } from '@touchstone/core'

/** The bytes of an input as a hash. */
export async function digestInput(input: Float32Array): Promise<string> {
  const sum = await digest(new Uint8Array(input.buffer, input.byteOffset, input.byteLength))
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
