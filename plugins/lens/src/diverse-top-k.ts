import { topK } from '@touchstone/core'
import type { Plane } from './plane.js'

/**
 * The diverse top-k: takes the largest pixel, strikes out all pixels of its window, takes the largest of the rest, and so on, until there are k or
 * none is left. Members are further than w apart, along one axis at least; equal values are taken by index from the smallest. All pixels are
 * candidates. Fewer than k come out where the image has no room for them.
 *
 * Greedy: not always the k distant pixels of the largest total. Of 1, 1.5, 1 in a row, with k = 2 and w = 1, it takes 1.5 alone.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024, section on diversity; its published code loses the second pick.
 *
 * @returns indices in the order in which they were taken
 */
export function diverseTopK({ height, width, values }: Plane, k: number, w: number): Uint32Array {
  const struck = new Uint8Array(values.length)
  const taken = new Uint32Array(Math.min(k, values.length))
  let count = 0
  const take = (pixel: number): void => {
    if (struck[pixel] === 1) return
    taken[count++] = pixel
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    const [left, right] = [Math.max(0, x - w), Math.min(width, x + w + 1)]
    for (let row = Math.max(0, y - w); row < Math.min(height, y + w + 1); row++) struck.fill(1, row * width + left, row * width + right)
  }
  // Few of all pixels are looked at, so not all are sorted: the first of more are the first of fewer.
  for (let [from, candidates] = [0, 4 * k]; count < taken.length && from < values.length; [from, candidates] = [candidates, 4 * candidates]) {
    const { indices } = topK(values, candidates)
    for (let at = from; at < indices.length && count < taken.length; at++) take(indices[at]!)
  }
  return taken.slice(0, count)
}
