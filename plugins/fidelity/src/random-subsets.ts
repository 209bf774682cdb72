import type { Randomness } from '@touchstone/core'
import { emptySets, wordLength, type UnitSets } from './unit-sets.js'

/** Bits of the share by which subsets begin, a multiple of 1 / 16. */
const planes = 4
const parts = 16

/**
 * Random subsets of `size` of the numbers from 0 to `count - 1`, one per run. Each set of so many is as likely as any other.
 *
 * First every number is in with a chance of t / 16, the multiple nearest to size / count. Random bits r_1, r_2, ... make 32 such decisions at once: where the
 * binary digits of t / 16 are d_4 d_3 d_2 d_1 from the last on, in := d_i ? r_i or in : r_i and in. A half takes one bit a number. Then as many as are too
 * many are taken from those inside, or from those outside, at random: numbers are drawn until there are enough on that side. A shuffle would take 32 bits for each
 * number inside.
 */
export function randomSubsets(count: number, size: number, runs: number, randomness: Randomness): UnitSets {
  const sets = emptySets(runs, count, size)
  const share = Math.round((parts * size) / count)
  // Digits after the last 1 decide nothing.
  const digits = Array.from({ length: planes }, (_, plane) => (share >> plane) & 1)
  const deciding = share % parts === 0 ? [] : digits.slice(digits.indexOf(1))
  for (let run = 0; run < runs; run++) {
    const set = sets.bits.subarray(run * sets.words, (run + 1) * sets.words)
    fill(set, count, share === parts, deciding, randomness.uniforms('@touchstone/fidelity subset', run, deciding.length * set.length))
    correct(set, count, size, (block, length) => randomness.uniforms(`@touchstone/fidelity subset, moves ${block}`, run, length))
  }
  return sets
}

/** Decides for each number by the digits of the share. */
function fill(set: Int32Array, count: number, all: boolean, deciding: readonly number[], uniforms: Float64Array): void {
  for (let word = 0; word < set.length; word++) {
    let bits = all ? -1 : 0
    for (let plane = 0; plane < deciding.length; plane++) {
      const random = (uniforms[plane * set.length + word]! * 0x100000000 - 0x80000000) | 0
      bits = deciding[plane] === 1 ? random | bits : random & bits
    }
    set[word] = bits
  }
  // Bits behind the last number.
  if (count % wordLength > 0) set[set.length - 1]! &= (1 << (count % wordLength)) - 1
}

/** Moves numbers in or out until there are `size`. */
function correct(set: Int32Array, count: number, size: number, draw: (block: number, length: number) => Float64Array): void {
  let members = 0
  for (let word = 0; word < set.length; word++) members += ones(set[word]!)
  const tooMany = members > size
  const side = tooMany ? 1 : 0
  for (let block = 0; members !== size; block++) {
    // Somewhat more than are needed on average.
    const missing = Math.abs(members - size)
    const uniforms = draw(block, Math.ceil((1.25 * missing * count) / (tooMany ? members : count - members)) + 8)
    for (let index = 0; index < uniforms.length && members !== size; index++) {
      const number = Math.floor(uniforms[index]! * count)
      const word = number >>> 5
      const bit = 1 << (number & 31)
      if (((set[word]! & bit) === 0 ? 0 : 1) !== side) continue
      set[word]! ^= bit
      members += tooMany ? -1 : 1
    }
  }
}

/** How many bits of a word are 1. */
function ones(word: number): number {
  let sums = word - ((word >>> 1) & 0x55555555)
  sums = (sums & 0x33333333) + ((sums >>> 2) & 0x33333333)
  return Math.imul((sums + (sums >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
