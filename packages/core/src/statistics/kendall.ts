import { ascending } from './order.js'

/** Below this looking at all pairs is quicker. */
const few = 16

/**
 * Kendall's tau-b: (C - D) / sqrt((n0 - n1)(n0 - n2)), with C concordant and D discordant pairs, n0 = n(n-1)/2 all pairs, n1 and n2 the
 * pairs tied in `a` and in `b`. In [-1, 1]; NaN where one side is constant. Takes O(n log n).
 *
 * Source: Knight, "A computer method for calculating Kendall's tau with ungrouped data", JASA 61 (1966).
 */
export function kendallTauB(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { tiedA, tiedB, concordantMinusDiscordant } = a.length < few ? lookAtAllPairs(a, b) : countPairs(a, b)
  const pairs = (a.length * (a.length - 1)) / 2
  if (pairs === tiedA || pairs === tiedB) return Number.NaN
  return Math.min(1, Math.max(-1, concordantMinusDiscordant / Math.sqrt(pairs - tiedA) / Math.sqrt(pairs - tiedB)))
}

interface Pairs {
  readonly tiedA: number
  readonly tiedB: number
  readonly concordantMinusDiscordant: number
}

function lookAtAllPairs(a: ArrayLike<number>, b: ArrayLike<number>): Pairs {
  let [tiedA, tiedB, concordantMinusDiscordant] = [0, 0, 0]
  for (let i = 1; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = Number(a[i]! > a[j]!) - Number(a[i]! < a[j]!)
      const signB = Number(b[i]! > b[j]!) - Number(b[i]! < b[j]!)
      tiedA += 1 - signA * signA
      tiedB += 1 - signB * signB
      concordantMinusDiscordant += signA * signB
    }
  }
  return { tiedA, tiedB, concordantMinusDiscordant }
}

function countPairs(a: ArrayLike<number>, b: ArrayLike<number>): Pairs {
  const n = a.length
  // By a, and by b where a is equal.
  const order = ascending(a, ascending(b))
  const sorted = new Float64Array(n)
  for (let at = 0; at < n; at++) sorted[at] = b[order[at]!]!
  const tiedA = tiedPairs(n, (i, j) => a[order[i]!] === a[order[j]!])
  const tiedBoth = tiedPairs(n, (i, j) => a[order[i]!] === a[order[j]!] && sorted[i] === sorted[j])
  const discordant = sortCountingSwaps(sorted)
  const tiedB = tiedPairs(n, (i, j) => sorted[i] === sorted[j])
  return { tiedA, tiedB, concordantMinusDiscordant: (n * (n - 1)) / 2 - tiedA - tiedB + tiedBoth - 2 * discordant }
}

/** Pairs inside runs of neighbours that are equal. */
function tiedPairs(n: number, equal: (i: number, j: number) => boolean): number {
  let pairs = 0
  for (let start = 0; start < n; ) {
    let end = start + 1
    while (end < n && equal(start, end)) end++
    pairs += ((end - start) * (end - start - 1)) / 2
    start = end
  }
  return pairs
}

/** Sorts in place by merging and returns how many pairs stood in the wrong order. */
function sortCountingSwaps(values: Float64Array): number {
  let from: Float64Array = values
  let to: Float64Array = new Float64Array(values.length)
  let swaps = 0
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length)
      const end = Math.min(start + 2 * width, values.length)
      for (let left = start, right = middle, out = start; out < end; out++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) to[out] = from[left++]!
        else {
          swaps += middle - left
          to[out] = from[right++]!
        }
      }
    }
    ;[from, to] = [to, from]
  }
  if (from !== values) values.set(from)
  return swaps
}
