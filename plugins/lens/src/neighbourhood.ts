import type { MapSize } from '@touchstone/core'

/**
 * |N_w(set) n others|: how many of `others` have a member of `set` in their window N_w(y, x) = {(p, q): |p - y| <= w, |q - x| <= w} within the image, the same as having
 * theirs in its. Members are spread along their rows, and others look along their columns, so that it costs O((|set| + |others|) w).
 */
export function countNear({ height, width }: MapSize, set: Uint32Array, others: Uint32Array, w: number): number {
  const spread = new Uint8Array(height * width)
  for (const pixel of set) {
    const x = pixel % width
    spread.fill(1, pixel - Math.min(x, w), pixel + Math.min(width - 1 - x, w) + 1)
  }
  let count = 0
  for (const pixel of others) {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    const end = Math.min(height - 1, y + w) * width + x
    let at = Math.max(0, y - w) * width + x
    while (at < end && spread[at] === 0) at += width
    count += spread[at]!
  }
  return count
}
