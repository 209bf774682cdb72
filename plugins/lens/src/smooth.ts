import type { Plane } from './plane.js'

/**
 * The w-smoothed map: a~(y, x) = 1 / (2w + 1)^2 sum over (p, q) in N_w(y, x) of a(p, q), windows cut at the border, the divisor being the same
 * everywhere. It brings two maps no further apart in l2 (proposition 3), which dividing by the size of the cut window would.
 */
export function smooth({ height, width, values }: Plane, w: number): Float64Array {
  // Each window is added up anew, in one order: running sums would make equal windows differ by rounding, and so break ties.
  const [down, across] = [Math.min(w, height - 1), Math.min(w, width - 1)]
  const rows = new Float64Array(values.length)
  for (let start = 0; start < values.length; start += width) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let q = Math.max(0, x - across), end = Math.min(width - 1, x + across); q <= end; q++) sum += values[start + q]!
      rows[start + x] = sum
    }
  }
  const smoothed = new Float64Array(values.length)
  for (let y = 0; y < height; y++) {
    const out = smoothed.subarray(y * width, (y + 1) * width)
    for (let p = Math.max(0, y - down), end = Math.min(height - 1, y + down); p <= end; p++) for (let x = 0; x < width; x++) out[x]! += rows[p * width + x]!
  }
  const divisor = (2 * w + 1) ** 2
  for (let index = 0; index < smoothed.length; index++) smoothed[index]! /= divisor
  return smoothed
}
