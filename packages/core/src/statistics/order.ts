/** Bits of a digit; the 32 of a key's upper half make three. */
const width = 11
const digits = 3
const buckets = 1 << width
/** Below this a comparison sort is quicker. */
const few = 256
/** Runs of values with one upper half are rarely longer; those that are get a comparison sort. */
const shortRun = 32

/** The 64 bits of the values in an order, made so that their unsigned order is that of the values, up or down; low and high halves take turns. 0 and -0 are equal. */
function keysOf(values: ArrayLike<number>, descending: boolean, order: Uint32Array | undefined): Uint32Array {
  const numbers = new Float64Array(values.length)
  if (order) for (let at = 0; at < numbers.length; at++) numbers[at] = values[order[at]!]! + 0
  else for (let at = 0; at < numbers.length; at++) numbers[at] = values[at]! + 0
  const bits = new Uint32Array(numbers.buffer)
  const flip = descending ? -1 : 0
  for (let index = 0; index < bits.length; index += 2) {
    const negative = bits[index + 1]! >> 31
    bits[index] = bits[index]! ^ negative ^ flip
    bits[index + 1] = bits[index + 1]! ^ (negative | 0x80000000) ^ flip
  }
  return bits
}

/** By digits of the keys' upper halves, and then, where these are equal, by the lower ones: few values agree in their first 20 bits. */
function sorted(values: ArrayLike<number>, descending: boolean, start: Uint32Array | undefined): Uint32Array {
  const n = values.length
  if (n < few) {
    const order = start ? start.slice() : Uint32Array.from({ length: n }, (_, index) => index)
    // Array sorts are stable.
    return order.sort(descending ? (i, j) => values[j]! - values[i]! : (i, j) => values[i]! - values[j]!)
  }
  const bits = keysOf(values, descending, start)
  let [keys, nextKeys, places, nextPlaces] = [new Uint32Array(n), new Uint32Array(n), new Uint32Array(n), new Uint32Array(n)]
  const starts = new Uint32Array(digits * buckets)
  for (let at = 0; at < n; at++) {
    const key = bits[2 * at + 1]!
    keys[at] = key
    places[at] = at
    starts[key & (buckets - 1)]!++
    starts[buckets + ((key >>> width) & (buckets - 1))]!++
    starts[2 * buckets + (key >>> (2 * width))]!++
  }
  for (let digit = 0; digit < digits; digit++) {
    const shift = digit * width
    const from = digit * buckets
    // Where all have one digit the order stays.
    if (starts[from + ((keys[0]! >>> shift) & (buckets - 1))] === n) continue
    let sum = 0
    for (let bucket = from; bucket < from + buckets; bucket++) {
      const count = starts[bucket]!
      starts[bucket] = sum
      sum += count
    }
    // Keys move with their places: looking them up would miss the cache.
    for (let at = 0; at < n; at++) {
      const key = keys[at]!
      const to = starts[from + ((key >>> shift) & (buckets - 1))]!++
      nextKeys[to] = key
      nextPlaces[to] = places[at]!
    }
    ;[keys, nextKeys, places, nextPlaces] = [nextKeys, keys, nextPlaces, places]
  }
  for (let from = 0; from < n; ) {
    let to = from + 1
    while (to < n && keys[to] === keys[from]) to++
    if (to - from > 1) sortRun(places, from, to, bits)
    from = to
  }
  if (start) for (let at = 0; at < n; at++) places[at] = start[places[at]!]!
  return places
}

/** Sorts places with one upper half by their lower ones; equal ones stay as they stand. */
function sortRun(places: Uint32Array, from: number, to: number, bits: Uint32Array): void {
  let inOrder = true
  for (let at = from + 1; at < to && inOrder; at++) inOrder = bits[2 * places[at - 1]!]! <= bits[2 * places[at]!]!
  if (inOrder) return
  if (to - from > shortRun) {
    places.subarray(from, to).sort((i, j) => bits[2 * i]! - bits[2 * j]!)
    return
  }
  for (let at = from + 1; at < to; at++) {
    const place = places[at]!
    const low = bits[2 * place]!
    let gap = at
    for (; gap > from && bits[2 * places[gap - 1]!]! > low; gap--) places[gap] = places[gap - 1]!
    places[gap] = place
  }
}

/** Indices by value from the smallest; equal values stay as they stand in `start`, by index unless told. Finite values. Takes O(n), unless many values agree in all but their last 32 bits. */
export function ascending(values: ArrayLike<number>, start?: Uint32Array): Uint32Array {
  return sorted(values, false, start)
}

/** Indices by value from the largest, equal values by index from the smallest. Finite values. As `ascending` in time. */
export function descending(values: ArrayLike<number>): Uint32Array {
  return sorted(values, true, undefined)
}

/**
 * The k-th largest value, counted from 1. Finite values, at least k of them. Takes O(n) on average.
 *
 * Source: Floyd, Rivest, "Algorithm 489: the algorithm SELECT", Communications of the ACM 18 (1975).
 */
export function kthLargest(values: ArrayLike<number>, k: number): number {
  const work = new Float64Array(values)
  select(work, work.length - k, 0, work.length - 1)
  return work[work.length - k]!
}

/** Puts at place `k` what stands there in ascending order, nothing larger before it and nothing smaller behind. */
function select(work: Float64Array, k: number, left: number, right: number): void {
  while (right > left) {
    if (right - left > 600) {
      // A sample around the place narrows the range down.
      const n = right - left + 1
      const i = k - left + 1
      const z = Math.log(n)
      const s = 0.5 * Math.exp((2 * z) / 3)
      const sd = 0.5 * Math.sqrt((z * s * (n - s)) / n) * Math.sign(i - n / 2)
      select(work, k, Math.max(left, Math.floor(k - (i * s) / n + sd)), Math.min(right, Math.floor(k + ((n - i) * s) / n + sd)))
    }
    const pivot = work[k]!
    let [i, j] = [left, right]
    swap(work, left, k)
    if (work[right]! > pivot) swap(work, left, right)
    while (i < j) {
      swap(work, i++, j--)
      while (work[i]! < pivot) i++
      while (work[j]! > pivot) j--
    }
    if (work[left] === pivot) swap(work, left, j)
    else swap(work, ++j, right)
    if (j <= k) left = j + 1
    if (k <= j) right = j - 1
  }
}

function swap(work: Float64Array, i: number, j: number): void {
  const value = work[i]!
  work[i] = work[j]!
  work[j] = value
}
