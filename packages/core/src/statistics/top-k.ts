/** The k largest values of a map. */
export interface TopK {
  /** Their indices, by value from the largest, equal values by index from the smallest. */
  readonly indices: Uint32Array
  /** How many values equal the last one taken and were left out: where this is not 0 the choice among them is by index alone. */
  readonly tiesAtCut: number
}

/** All values are taken where `k` exceeds their number. */
export function topK(values: ArrayLike<number>, k: number): TopK {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index).sort((i, j) => values[j]! - values[i]! || i - j)
  const indices = order.slice(0, k)
  const last = indices.length > 0 ? values[indices[indices.length - 1]!]! : Number.NaN
  let tiesAtCut = 0
  while (indices.length + tiesAtCut < order.length && values[order[indices.length + tiesAtCut]!] === last) tiesAtCut++
  return { indices, tiesAtCut }
}

/** How many indices two sets have in common. */
export function overlap(a: Uint32Array, b: Uint32Array): number {
  const members = new Set(a)
  return b.reduce((count, index) => count + (members.has(index) ? 1 : 0), 0)
}
