import { ranks } from './ranks.js'

/**
 * Pearson's correlation r = sum (a - mean a)(b - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2), in [-1, 1].
 * NaN where one side is constant: it is undefined there.
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const meanA = mean(a)
  const meanB = mean(b)
  let cross = 0
  let squaresA = 0
  let squaresB = 0
  for (let index = 0; index < a.length; index++) {
    const da = a[index]! - meanA
    const db = b[index]! - meanB
    cross += da * db
    squaresA += da * da
    squaresB += db * db
  }
  // A constant side may leave a rounding error of its mean behind; that is not variation.
  const noise = (values: ArrayLike<number>, average: number) => values.length * (Number.EPSILON * Math.abs(average) * 4) ** 2
  if (squaresA <= noise(a, meanA) || squaresB <= noise(b, meanB)) return Number.NaN
  return Math.min(1, Math.max(-1, cross / Math.sqrt(squaresA) / Math.sqrt(squaresB)))
}

/** Spearman's rho: Pearson's correlation of the fractional ranks. NaN where one side is constant. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return pearson(ranks(a), ranks(b))
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum / values.length
}
