/** Bits of a digit; 64 of them make six digits, the last of 9. */
const width = 11
const digits = 6
const buckets = 1 << width
/** Below this a comparison sort is quicker. */
const few = 256

/** The 64 bits of the values in an order, made so that their unsigned order is that of the values, up or down; low and high halves take turns. 0 and -0 are equal. */
function keysOf(values: ArrayLike<number>, descending: boolean, order: Uint32Array): Uint32Array {
  const numbers = new Float64Array(values.length)
  for (let at = 0; at < numbers.length; at++) numbers[at] = values[order[at]!]! + 0
  const bits = new Uint32Array(numbers.buffer)
  const flip = descending ? -1 : 0
  for (let index = 0; index < bits.length; index += 2) {
    const negative = bits[index + 1]! >> 31
    bits[index] = bits[index]! ^ negative ^ flip
    bits[index + 1] = bits[index + 1]! ^ (negative | 0x80000000) ^ flip
  }
  return bits
}

/** Digit `place` of a key, 0 being the lowest. */
function digitOf(low: number, high: number, place: number): number {
  const from = place * width
  if (from >= 32) return (high >>> (from - 32)) & (buckets - 1)
  const rest = low >>> from
  return (from + width > 32 ? rest | (high << (32 - from)) : rest) & (buckets - 1)
}

function sorted(values: ArrayLike<number>, descending: boolean, start: Uint32Array | undefined): Uint32Array {
  const n = values.length
  let order: Uint32Array = start ? start.slice() : Uint32Array.from({ length: n }, (_, index) => index)
  // Array sorts are stable.
  if (n < few) return order.sort(descending ? (i, j) => values[j]! - values[i]! : (i, j) => values[i]! - values[j]!)
  let keys = keysOf(values, descending, order)
  let nextKeys: Uint32Array = new Uint32Array(2 * n)
  let next: Uint32Array = new Uint32Array(n)
  for (let place = 0; place < digits; place++) {
    const starts = new Uint32Array(buckets)
    for (let at = 0; at < n; at++) starts[digitOf(keys[2 * at]!, keys[2 * at + 1]!, place)]!++
    // Where all have one digit the order stays.
    if (starts[digitOf(keys[0]!, keys[1]!, place)] === n) continue
    let sum = 0
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = starts[bucket]!
      starts[bucket] = sum
      sum += count
    }
    // Keys move with their indices: looking them up would miss the cache.
    for (let at = 0; at < n; at++) {
      const low = keys[2 * at]!
      const high = keys[2 * at + 1]!
      const to = starts[digitOf(low, high, place)]!++
      nextKeys[2 * to] = low
      nextKeys[2 * to + 1] = high
      next[to] = order[at]!
    }
    ;[keys, nextKeys] = [nextKeys, keys]
    ;[order, next] = [next, order]
  }
  return order
}

/** Indices by value from the smallest; equal values stay as they stand in `start`, by index unless told. Finite values. Takes O(n). */
export function ascending(values: ArrayLike<number>, start?: Uint32Array): Uint32Array {
  return sorted(values, false, start)
}

/** Indices by value from the largest, equal values by index from the smallest. Finite values. Takes O(n). */
export function descending(values: ArrayLike<number>): Uint32Array {
  return sorted(values, true, undefined)
}

/**
 * The k-th largest value, counted from 1. Finite values, at least k of them. Takes O(n) on average.
 *
 * Source: Floyd, Rivest, "Algorithm 489: the algorithm SELECT", Communications of the ACM 18 (1975).
 */
export function kthLargest(values: ArrayLike<number>, k: number): number {
  const work = Float64Array.from(values)
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
