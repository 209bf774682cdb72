import type { Randomness } from '@touchstone/core'

/** Bits of the share by which subsets begin, a multiple of 1 / 16. */
const planes = 4
const parts = 16

/**
 * Random subsets of `size` of the numbers from 0 to `count - 1`, by the number of the run. Each set of so many is as likely as any other.
 *
 * First every number is in with a chance of t / 16, the multiple nearest to size / count. Random bits r_1, r_2, ... make 32 such decisions at once: where the
 * binary digits of t / 16 are d_4 d_3 d_2 d_1 from the last on, in := d_i ? r_i or in : r_i and in. A half takes one bit a number. Then as many as are too
 * many are taken from those inside, or from those outside, at random. A shuffle would take 32 bits for each number inside.
 */
export function randomSubsets(count: number, size: number, randomness: Randomness): (_: unknown, run: number) => Uint32Array {
  const share = Math.round((parts * size) / count)
  const words = Math.ceil(count / 32)
  // Digits after the last 1 decide nothing.
  const digits = Array.from({ length: planes }, (_, plane) => (share >> plane) & 1)
  const deciding = share % parts === 0 ? [] : digits.slice(digits.indexOf(1))
  // Working memory of all runs.
  const inside = new Uint32Array(count)
  const outside = new Uint32Array(count)

  return (_, run) => {
    const uniforms = randomness.uniforms('@touchstone/fidelity subset', run, deciding.length * words)
    let members = 0
    for (let word = 0, index = 0; word < words; word++) {
      let bits = share === parts ? -1 : 0
      for (let plane = 0; plane < deciding.length; plane++) {
        const random = (uniforms[plane * words + word]! * 0x100000000 - 0x80000000) | 0
        bits = deciding[plane] === 1 ? random | bits : random & bits
      }
      // Written to both lists, kept in one: which by a random bit no processor can foresee.
      for (const end = Math.min(count, index + 32); index < end; index++) {
        inside[members] = index
        outside[index - members] = index
        members += bits & 1
        bits >>= 1
      }
    }
    const many = members > size ? inside : outside
    let left = members > size ? members : count - members
    const moves = randomness.uniforms('@touchstone/fidelity subset, moves', run, Math.abs(members - size))
    for (let move = 0; move < moves.length; move++) {
      const place = Math.floor(moves[move]! * left)
      const moved = many[place]!
      many[place] = many[--left]!
      if (members < size) inside[members + move] = moved
    }
    return inside.slice(0, size)
  }
}
