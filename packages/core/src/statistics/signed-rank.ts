import { normalTail } from './normal.js'
import { ranks } from './ranks.js'

/** Up to so many differences the distribution is counted out. */
const exactUpTo = 50

/**
 * The two-sided p-value of Wilcoxon's signed-rank test that paired differences are symmetric about 0. Differences of 0 are left out; equal sizes share their
 * ranks. W is the sum of the ranks of the positive ones; where at most 50 are left, p is the share of all 2^n choices of signs that bring W at least as far
 * from its mean; beyond, W is taken as normal with mean n(n+1)/4 and variance n(n+1)(2n+1)/24 - sum (t^3 - t)/48 over runs of t equal sizes.
 *
 * Source: Wilcoxon, "Individual comparisons by ranking methods", Biometrics 1 (1945); ties as in Pratt, Gibbons, "Concepts of Nonparametric Theory" (1981).
 *
 * @returns in (0, 1]; 1 where no difference is left.
 */
export function signedRankTest(differences: ArrayLike<number>): number {
  const left = Float64Array.from(differences).filter((value) => value !== 0)
  const sizes = ranks(left.map(Math.abs))
  const positive = sizes.reduce((sum, rank, index) => sum + (left[index]! > 0 ? rank : 0), 0)
  const n = left.length
  const offset = Math.abs(positive - (n * (n + 1)) / 4)
  if (n > exactUpTo) {
    // With the ranks as they are: n(n+1)(2n+1)/24 less the ties is a quarter of the sum of their squares.
    const variance = sizes.reduce((sum, rank) => sum + rank * rank, 0) / 4
    return 2 * normalTail(offset / Math.sqrt(variance))
  }
  return shareAtLeastAsFar(sizes, offset)
}

/** The share of all choices of signs whose W is at least `offset` away from its mean. Shared ranks are halves: twice their value is whole. */
function shareAtLeastAsFar(sizes: Float64Array, offset: number): number {
  const total = sizes.reduce((sum, rank) => sum + 2 * rank, 0)
  let chances = new Float64Array(total + 1)
  chances[0] = 1
  for (const rank of sizes) {
    const next = new Float64Array(total + 1)
    for (let sum = 0; sum <= total; sum++) next[sum] = (chances[sum]! + (chances[sum - 2 * rank] ?? 0)) / 2
    chances = next
  }
  return Math.min(1, chances.reduce((share, chance, sum) => share + (Math.abs(sum - total / 2) >= 2 * offset ? chance : 0), 0))
}
