import { ascending } from './order.js'

/**
 * p-values of m tests corrected so that all of them together err with at most the stated probability: the i-th smallest times m - i + 1, at most 1, never below
 * the one before it.
 *
 * Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(p: ArrayLike<number>): Float64Array {
  const corrected = new Float64Array(p.length)
  let least = 0
  ascending(p).forEach((index, place) => {
    least = Math.max(least, Math.min(1, p[index]! * (p.length - place)))
    corrected[index] = least
  })
  return corrected
}
