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
  return { indices: descending(chosen).map((position) => taken[position]!), tiesAtCut: equal.length - (k - above) }
}

/** How many indices two sets have in common. */
export function overlap(a: Uint32Array, b: Uint32Array): number {
  const members = new Set(a)
  return b.reduce((count, index) => count + (members.has(index) ? 1 : 0), 0)
}
