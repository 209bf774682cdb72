import type { MapSize } from '@touchstone/core'

/**
 * Counts the members of `set` in each pixel's window N_w(y, x) = {(p, q): |p - y| <= w, |q - x| <= w} within the image, for every pixel asked for.
 * By sums over the rectangle from the corner, so that it costs O(pixels) whatever the window.
 */
function membersNear({ height, width }: MapSize, set: Uint32Array, w: number): (pixel: number) => number {
  const across = width + 1
  const sums = new Uint32Array((height + 1) * across)
  for (const pixel of set) sums[(Math.floor(pixel / width) + 1) * across + (pixel % width) + 1] = 1
  for (let y = 1; y <= height; y++) {
    let row = 0
    for (let at = y * across + 1; at < (y + 1) * across; at++) {
      row += sums[at]!
      sums[at] = sums[at - across]! + row
    }
  }
  return (pixel) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    const [top, bottom] = [Math.max(0, y - w), Math.min(height, y + w + 1)]
    const [left, right] = [Math.max(0, x - w), Math.min(width, x + w + 1)]
    return sums[bottom * across + right]! - sums[top * across + right]! - sums[bottom * across + left]! + sums[top * across + left]!
  }
}

/** |N_w(set) n others|: how many of `others` have a member of `set` in their window, the same as having theirs in its. */
export function countNear(size: MapSize, set: Uint32Array, others: Uint32Array, w: number): number {
  const near = membersNear(size, set, w)
  let count = 0
  for (const pixel of others) if (near(pixel) > 0) count++
  return count
}
