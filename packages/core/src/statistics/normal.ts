/** The density of the standard normal distribution at `z`. */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
}

/**
 * P(Z >= z) of a standard normal Z, with 13 digits also far out: below 3 by the series 1/2 - phi(z) (z + z^3/3 + z^5/(3 5) + ...), beyond by
 * Laplace's continued fraction phi(z) / (z + 1/(z + 2/(z + 3/(z + ...)))).
 *
 * Source: Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11 (2004); Abramowitz, Stegun, 26.2.14.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z)
  if (z < 3) {
    let sum = 0
    for (let term = z, k = 3; sum + term !== sum; k += 2) {
      sum += term
      term *= (z * z) / k
    }
    return 0.5 - normalDensity(z) * sum
  }
  let fraction = z
  for (let k = 100; k >= 1; k--) fraction = z + k / fraction
  return normalDensity(z) / fraction
}
