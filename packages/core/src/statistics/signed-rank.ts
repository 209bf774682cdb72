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

/** The share of all choices of signs whose W is at least `offset` away from its mean. All counts are below 2^53. */
function shareAtLeastAsFar(sizes: Float64Array, offset: number): number {
  // Shared ranks may be halves.
  const unit = sizes.every(Number.isInteger) ? 1 : 0.5
  const steps = sizes.map((rank) => rank / unit).sort()
  const total = steps.reduce((sum, step) => sum + step, 0)
  const ways = new Float64Array(total + 1)
  ways[0] = 1
  let reach = 0
  for (const step of steps) {
    for (let sum = reach; sum >= 0; sum--) ways[sum + step]! += ways[sum]!
    reach += step
  }
  const far = ways.reduce((count, way, sum) => count + (Math.abs(sum - total / 2) * unit >= offset ? way : 0), 0)
  return far / 2 ** sizes.length
}
