import { binary } from './binary.js'
import type { Randomness } from './randomness.js'

interface Kernels {
  readonly memory: WebAssembly.Memory
  readonly uniforms: (out: number, count: number, block: number, draw: number, key0: number, key1: number) => void
  readonly normalQuantiles: (values: number, count: number, places: number, tails: number) => void
}

/** So many numbers at a time; what the kernels work with lies one after the other in their memory. */
const most = 2048
const places = most * 8
const tails = places + most * 4 + 16

/**
 * Fills `out` with the numbers of a key and a draw, several side by side: the same bits as number by number, several times as fast.
 *
 * @returns whether it could: not where WebAssembly or its vector instructions are missing or forbidden
 */
export function fillByVectors(out: Float64Array, kind: keyof Randomness, key: readonly [number, number], draw: number): boolean {
  const made = (kernels ??= load())
  if (made === 'missing') return false
  const numbers = new Float64Array(made.memory.buffer, 0, most)
  for (let from = 0; from < out.length; from += most) {
    const count = Math.min(most, out.length - from)
    made.uniforms(0, count, from / 4, draw, key[0], key[1])
    if (kind === 'normals') made.normalQuantiles(0, count, places, tails)
    out.set(numbers.subarray(0, count), from)
  }
  return true
}

let kernels: Kernels | 'missing' | undefined

function load(): Kernels | 'missing' {
  try {
    const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0))
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Kernels
  } catch {
    return 'missing'
  }
}
