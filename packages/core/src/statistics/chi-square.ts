import { normalDensity, normalTail } from './normal.js'

/**
 * P(X >= x) of a chi-square variable X with a whole number of degrees of freedom, as the finite sum that it then is: for even ones
 * e^(-x/2) sum_(r < df/2) (x/2)^r / r!, for odd ones 2 Q(sqrt x) + 2 phi(sqrt x) sum_(r <= (df-1)/2) x^(r - 1/2) / (1 3 5 ... (2r - 1)).
 *
 * Source: Abramowitz, Stegun, "Handbook of Mathematical Functions", 26.4.4 and 26.4.5.
 *
 * @param degrees of freedom, at least 1.
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1
  const odd = degrees % 2 === 1
  const root = Math.sqrt(x)
  let sum = 0
  let term = odd ? root : 1
  for (let r = 1; r <= Math.floor(degrees / 2); r++) {
    sum += term
    term *= odd ? x / (2 * r + 1) : x / (2 * r)
  }
  return odd ? 2 * normalTail(root) + 2 * normalDensity(root) * sum : Math.exp(-x / 2) * sum
}
