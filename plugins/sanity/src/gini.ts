import { channelsOption, defineExtension, featuresOf, resultOf, undefinedResult } from '@touchstone/core'

/** The Gini index of sizes that are in ascending order: 1 - 2 sum_k (a_k / ||a||_1) (n - k + 1/2) / n. */
function giniOf(ascendingSizes: Float64Array): number {
  const count = ascendingSizes.length
  const total = ascendingSizes.reduce((sum, value) => sum + value, 0)
  return 1 - (2 / count) * ascendingSizes.reduce((sum, value, index) => sum + (value / total) * (count - index - 0.5), 0)
}

/**
 * Gini index of a map: how unevenly its sizes are spread over the features, G = 1 - 2 sum_k (|a|_(k) / ||a||_1) (n - k + 1/2) / n, |a|_(1) being the smallest; from
 * 0, all features alike, to 1 - 1/n, one feature alone. Higher is sparser. Undefined for a map of zeros.
 *
 * Source: Chalasani, Chen, Chowdhury, Jha, Wu, "Concise explanations of neural networks using adversarial training", ICML 2020.
 */
export const gini = defineExtension({
  kind: 'score',
  name: 'gini',
  summary: 'Sparseness: Gini index of the sizes of features, 0 where all are alike',
  citation: 'Chalasani, Chen, Chowdhury, Jha, Wu, "Concise explanations of neural networks using adversarial training", ICML 2020',
  traits: { direction: 'higher', judges: 'complexity' },
  options: { channels: channelsOption },
  cost: () => ({ rows: 0 }),
  create: ({ channels }) => ({
    direction: 'higher',
    score: ({ map }) => {
      const sizes = featuresOf(map, channels).map(Math.abs).sort()
      return Promise.resolve(sizes.some((value) => value > 0) ? resultOf(giniOf(sizes)) : undefinedResult('the map is zero'))
    },
  }),
})
