import { channelsOption, defineExtension, featuresOf, resultOf, undefinedResult } from '@touchstone/core'

/** -sum_i p_i ln p_i, p_i = |a_i| / ||a||_1. */
function entropyOf(features: Float64Array): number {
  const total = features.reduce((sum, value) => sum + Math.abs(value), 0)
  return features.reduce((sum, value) => (value === 0 ? sum : sum - (Math.abs(value) / total) * Math.log(Math.abs(value) / total)), 0)
}

/**
 * Entropy of a map: H = -sum_i p_i ln p_i with p_i = |a_i| / ||a||_1, in nats; from 0, one feature alone, to ln n, all features alike. Lower is simpler.
 * Undefined for a map of zeros.
 *
 * Source: Bhatt, Weller, Moura, "Evaluating and aggregating feature-based model explanations", IJCAI 2020 (complexity).
 */
export const entropy = defineExtension({
  kind: 'score',
  name: 'entropy',
  summary: 'Complexity: entropy of the shares of features in the map, 0 for a single feature',
  citation: 'Bhatt, Weller, Moura, "Evaluating and aggregating feature-based model explanations", IJCAI 2020',
  traits: { direction: 'lower', judges: 'complexity' },
  options: { channels: channelsOption },
  cost: () => ({ rows: 0 }),
  create: ({ channels }) => ({
    direction: 'lower',
    score: ({ map }) => {
      const features = featuresOf(map, channels)
      return Promise.resolve(features.some((value) => value !== 0) ? resultOf(entropyOf(features)) : undefinedResult('the map is zero'))
    },
  }),
})
