/** Points and weights of a quadrature on [0, 1]: the integral of f is about sum_i weights[i] f(points[i]). */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/**
 * The Gauss-Legendre rule of `n` points on [0, 1], points ascending, weights positive with sum 1. Exact for polynomials up to degree
 * 2n - 1. Roots of the Legendre polynomial P_n by Newton's method, from arithmetic alone, so that every JavaScript engine gives the same.
 *
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 25.4.29.
 */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let x = cosineOfHalfTurns((i + 0.75) / (n + 0.5))
    let slope = 0
    for (let iteration = 0; iteration < 12; iteration++) {
      const { value, derivative } = legendre(n, x)
      slope = derivative
      x -= value / derivative
    }
    // From [-1, 1] to [0, 1]; the largest root comes first.
    points[n - 1 - i] = (1 + x) / 2
    weights[n - 1 - i] = 1 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}

/** P_n(x) and P_n'(x) by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let previous = 1
  let value = x
  for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k]
  return { value, derivative: (n * (x * value - previous)) / (x * x - 1) }
}

/** cos(pi t) for t in [0, 1], to about 1e-6: close enough to start Newton's method, and the same everywhere, which Math.cos is not. */
function cosineOfHalfTurns(t: number): number {
  const y = Math.PI * (0.5 - t)
  const square = y * y
  return y * (1 - (square / 6) * (1 - (square / 20) * (1 - (square / 42) * (1 - square / 72))))
}
