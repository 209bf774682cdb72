import { ascending } from './order.js'

/**
 * Fractional ranks, from 1 for the smallest value: equal values share the mean of the ranks they span.
 * Takes O(n).
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = ascending(values)
  const result = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let position = start; position < end; position++) result[order[position]!] = (start + end + 1) / 2
    start = end
  }
  return result
}
