import { hash } from '../hash.js'
import { toNormalQuantiles } from './normal-quantile.js'
import { philox } from './philox.js'
import { fillByVectors } from './vector.js'

/**
 * Random numbers that depend on (seed, subject, purpose, draw) alone: never on the process, the batch or the order of work.
 * The subject is an example's id; its neighbours inherit it, so that a randomised method uses the same noise for both.
 */
export interface Randomness {
  /** `count` numbers in the open interval (0, 1), multiples of 2^-32 plus 2^-33; in `into`, where many are drawn one after the other, which has as many places. */
  readonly uniforms: (purpose: string, draw: number, count: number, into?: Float64Array) => Float64Array
  /** `count` standard normal numbers. */
  readonly normals: (purpose: string, draw: number, count: number) => Float64Array
}

/** Working memory. */
const words = new Uint32Array(256)

/** @param seed any number; @param subject whose numbers these are, usually an example's id. */
export function createRandomness(seed: number, subject: string): Randomness {
  const keys = new Map<string, readonly [number, number]>()

  const keyOf = (purpose: string): readonly [number, number] => {
    let key = keys.get(purpose)
    if (!key) {
      const digest = hash(String(seed), subject, purpose)
      keys.set(purpose, (key = [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)]))
    }
    return key
  }

  const numbers = (kind: keyof Randomness, purpose: string, draw: number, count: number, values: Float64Array = new Float64Array(count)): Float64Array => {
    const key = keyOf(purpose)
    if (!fillByVectors(values, kind, key, draw)) fillOneByOne(values, kind, key, draw)
    return values
  }

  return { uniforms: (purpose, draw, count, into) => numbers('uniforms', purpose, draw, count, into), normals: (purpose, draw, count) => numbers('normals', purpose, draw, count) }
}

/** What the vector kernels do, for where there are none. */
export function fillOneByOne(out: Float64Array, kind: keyof Randomness, key: readonly [number, number], draw: number): void {
  for (let from = 0; from < out.length; from += words.length) {
    const length = Math.min(words.length, out.length - from)
    for (let i = 0; i < length; i += 4) philox((from + i) / 4, draw, 0, 0, key[0], key[1], words, i)
    for (let i = 0; i < length; i++) out[from + i] = (words[i]! + 0.5) / 0x100000000
  }
  if (kind === 'normals') toNormalQuantiles(out)
}
