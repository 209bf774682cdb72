import { normalDensity, normalTail } from './normal.js'

/**
 * The q that the range of `count` independent standard normal variables exceeds with probability `alpha`: the upper quantile of the studentised range for
 * infinitely many degrees of freedom, from P(range <= q) = count times the integral over z of phi(z) (Phi(z) - Phi(z - q))^(count - 1). To 10 digits.
 *
 * @param count at least 2.
 * @param alpha in (0, 1), 0.05 unless told.
 */
export function studentisedRange(count: number, alpha = 0.05): number {
  let [low, high] = [0, 40]
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2
    if (exceeds(middle, count) > alpha) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(range > q), by the trapezoid rule, which is as good as exact for a smooth bell. */
function exceeds(q: number, count: number): number {
  const step = 1 / 16
  let within = 0
  for (let z = -9; z <= 9; z += step) within += normalDensity(z) * (normalTail(z - q) - normalTail(z)) ** (count - 1)
  return 1 - count * step * within
}
