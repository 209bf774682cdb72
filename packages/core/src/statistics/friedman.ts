import { chiSquareTail } from './chi-square.js'
import { mean } from './correlation.js'
import { ranks } from './ranks.js'

export interface Friedman {
  /** The mean over blocks of each treatment's rank within a block; 1 for the smallest value, equal values share their ranks. */
  readonly meanRanks: readonly number[]
  /** Chi-square with k - 1 degrees of freedom where all treatments are alike; NaN where every block holds one value alone. */
  readonly statistic: number
  readonly p: number
}

/**
 * Friedman's test that k treatments do not differ, each of n blocks holding one value per treatment:
 * n^2 sum_j (R_j - (k+1)/2)^2 (k-1) / (sum_ij r_ij^2 - n k (k+1)^2 / 4), which without ties is 12 n / (k(k+1)) (sum R_j^2 - k (k+1)^2 / 4).
 *
 * Source: Friedman, "The use of ranks to avoid the assumption of normality implicit in the analysis of variance", JASA 32 (1937); ties as in Conover,
 * "Practical Nonparametric Statistics" (1999), section 5.8.
 *
 * @param blocks at least one, each with the same number of values, at least 2.
 */
export function friedmanTest(blocks: readonly ArrayLike<number>[]): Friedman {
  const ranked = blocks.map(ranks)
  const [n, k] = [ranked.length, ranked[0]!.length]
  const meanRanks = Array.from({ length: k }, (_, treatment) => mean(ranked.map((block) => block[treatment]!)))
  const between = meanRanks.reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0)
  const within = ranked.reduce((sum, block) => sum + block.reduce((squares, rank) => squares + (rank - (k + 1) / 2) ** 2, 0), 0)
  const statistic = within === 0 ? Number.NaN : (n * n * (k - 1) * between) / within
  return { meanRanks, statistic, p: Number.isNaN(statistic) ? Number.NaN : chiSquareTail(statistic, k - 1) }
}
