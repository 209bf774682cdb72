import type { Interval } from './bootstrap.js'

/** The 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054

/**
 * The 95 % score interval of a share, by `count` cases of which `successes` were so:
 * (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n). Unlike a bootstrap it has a width where all cases are alike.
 *
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
 */
export function wilsonInterval(successes: number, count: number): Interval {
  const p = successes / count
  const centre = p + (z * z) / (2 * count)
  const half = z * Math.sqrt((p * (1 - p)) / count + (z / (2 * count)) ** 2)
  const scale = 1 + (z * z) / count
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}
