/** Units of a word. */
export const wordLength = 32

/** Sets of the units of an input: unit u is in set s where bit u % 32 of `bits[s * words + floor(u / 32)]` is 1. Small, and quick to add up over. */
export interface UnitSets {
  /** How many sets there are. */
  readonly count: number
  /** How many units each set has. */
  readonly size: number
  /** Words per set. */
  readonly words: number
  readonly bits: Int32Array
}

/** `count` empty sets of `units` units, of which each is to get `size`. */
export function emptySets(count: number, units: number, size: number): UnitSets {
  const words = Math.ceil(units / wordLength)
  return { count, size, words, bits: new Int32Array(count * words) }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word)

/** Copies the values of a set's units, `width` each, from `from` to `to`. */
export function copySet(from: ArrayLike<number>, to: Float32Array, { words, bits }: UnitSets, set: number, width: number): void {
  for (let word = 0; word < words; word++) {
    for (let left = bits[set * words + word]!; left !== 0; left &= left - 1) {
      const first = (wordLength * word + lowestBit(left)) * width
      // Of a single value a loop would take twice as long.
      if (width === 1) to[first] = from[first]!
      else for (let index = first; index < first + width; index++) to[index] = from[index]!
    }
  }
}

/** sum_{i in S} values_i of every set S, [count]. All sums of four neighbouring units are made first, and looked up by their bits. */
export function sumsOver({ count, words, bits }: UnitSets, values: Float64Array): Float64Array {
  const sums = new Float64Array(count)
  // Of the units of a word, by fours.
  const tables = new Float64Array((wordLength / 4) * 16)
  for (let word = 0; word < words; word++) {
    for (let four = 0; four < wordLength / 4; four++) sumsOfFour(values, wordLength * word + 4 * four, tables.subarray(16 * four, 16 * (four + 1)))
    for (let set = 0; set < count; set++) {
      const inside = bits[set * words + word]!
      sums[set]! +=
        tables[inside & 15]! + tables[16 + ((inside >>> 4) & 15)]! + (tables[32 + ((inside >>> 8) & 15)]! + tables[48 + ((inside >>> 12) & 15)]!) +
        (tables[64 + ((inside >>> 16) & 15)]! + tables[80 + ((inside >>> 20) & 15)]! + (tables[96 + ((inside >>> 24) & 15)]! + tables[112 + (inside >>> 28)]!))
    }
  }
  return sums
}

/** The sums of all subsets of four values, by their bits. */
function sumsOfFour(values: Float64Array, first: number, sums: Float64Array): void {
  for (let bit = 0; bit < 4; bit++) {
    const value = first + bit < values.length ? values[first + bit]! : 0
    for (let others = 0; others < 1 << bit; others++) sums[(1 << bit) + others] = sums[others]! + value
  }
}
