import type { Quadrature } from './quadrature.js'

/**
 * The Gauss-Legendre rule of `n` points on [0, 1], points ascending, weights positive with sum 1. Exact for polynomials up to degree
 * 2n - 1. Roots of the Legendre polynomial P_n by Newton's method, from arithmetic alone, so that every JavaScript engine gives the same.
 *
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 25.4.29.
 */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n)
  const weights = new Float64Array(n)
  // The roots lie symmetrically about 0, so the upper half is enough; the largest comes first.
  for (let i = 0; 2 * i < n; i++) {
    const start = 2 * i + 1 === n ? 0 : cosineOfHalfTurns((i + 0.75) / (n + 0.5))
    const { root: x, slope } = refineRoot(n, start)
    const weight = 1 / ((1 - x * x) * slope * slope)
    // From [-1, 1] to [0, 1].
    points[n - 1 - i] = (1 + x) / 2
    points[i] = (1 - x) / 2
    weights[n - 1 - i] = weights[i] = weight
  }
  return { points, weights }
}

/** The root of P_n near `start`, and P_n' there. Newton's steps shrink quadratically until rounding is all that is left. */
function refineRoot(n: number, start: number): { root: number; slope: number } {
  let root = start
  for (;;) {
    const { value, derivative } = legendre(n, root)
    const step = value / derivative
    root -= step
    if (Math.abs(step) < 1e-11) return { root, slope: legendre(n, root).derivative }
  }
}

/** P_n(x) and P_n'(x) by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let previous = 1
  let value = x
  for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k]
  return { value, derivative: (n * (x * value - previous)) / (x * x - 1) }
}

/** cos(pi t) for t in [0, 1], to about 1e-13, by its series about 1/2: the same everywhere, which Math.cos is not. */
function cosineOfHalfTurns(t: number): number {
  const y = Math.PI * (0.5 - t)
  const square = y * y
  let sum = 1
  for (let k = 18; k >= 2; k -= 2) sum = 1 - (square / (k * (k + 1))) * sum
  return y * sum
}
