import { descending, kthLargest } from './order.js'

/** The k largest values of a map. */
export interface TopK {
  /** Their indices, by value from the largest, equal values by index from the smallest. */
  readonly indices: Uint32Array
  /** How many values equal the last one taken and were left out: where this is not 0 the choice among them is by index alone. */
  readonly tiesAtCut: number
}

/** All values are taken where `k` exceeds their number. Finite values. Takes O(n + k). */
export function topK(values: ArrayLike<number>, k: number): TopK {
  if (k >= values.length) return { indices: descending(values), tiesAtCut: 0 }
  if (k <= 0) return { indices: new Uint32Array(0), tiesAtCut: 0 }
  const places = values.length > long && k < values.length / 4 ? placesOfLargeOnes(values, k) : undefined
  return places ? selected(Float64Array.from(places, (place) => values[place]!), k, places) : selected(values, k)
}

/** Of longer lists a sample tells first which values are too small. */
const long = 4096
const sampleSize = 512

/**
 * Where the values are among which are the k largest and all that equal the last of them, some more than k: those at least as large as one of a sample that some
 * more than k are expected to reach. One pass with hardly a branch that goes another way; undefined where the sample was misleading.
 */
function placesOfLargeOnes(values: ArrayLike<number>, k: number): readonly number[] | undefined {
  const sample = Float64Array.from({ length: sampleSize }, (_, index) => values[Math.floor(((index + 0.5) * values.length) / sampleSize)]!).sort()
  const expected = (k * sampleSize) / values.length
  // Four standard deviations of how many of the sample are among the k largest.
  const enough = sample[Math.max(0, Math.floor(sampleSize - 1 - expected - 4 * Math.sqrt(expected) - 4))]!
  const places: number[] = []
  for (let index = 0; index < values.length; index++) if (values[index]! >= enough) places.push(index)
  return places.length < k ? undefined : places
}

/** @param places what the values' places stand for, themselves unless told */
function selected(values: ArrayLike<number>, k: number, places?: readonly number[]): TopK {
  const last = kthLargest(values, k)
  const taken = new Uint32Array(k)
  // What equals the last one: the first of them fill up what is left.
  const equal: number[] = []
  let above = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    if (value > last) taken[above++] = index
    else if (value === last) equal.push(index)
  }
  taken.set(equal.slice(0, k - above), above)
  const chosen = new Float64Array(k)
  for (let at = 0; at < k; at++) chosen[at] = values[taken[at]!]!
  const order = descending(chosen)
  const indices = order.map((position) => (places ? places[taken[position]!]! : taken[position]!))
  return { indices, tiesAtCut: equal.length - (k - above) }
}

/** How many indices two sets have in common. */
export function overlap(a: Uint32Array, b: Uint32Array): number {
  const members = new Set(a)
  return b.reduce((count, index) => count + (members.has(index) ? 1 : 0), 0)
}
