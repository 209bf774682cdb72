import { channelsOption, compareFeatures, defineComparison, faultOf, featuresOf, isConstant, overlap, resultOf, topCountOf, topCountOption, topK as largest, undefinedResult } from '@touchstone/core'

/**
 * `top-k`, the top-k intersection: |S_k(a) n S_k(b)| / k, with S_k the k largest features; in [0, 1].
 *
 * Equal features are taken by index from the smallest; how many equal ones were left out at the cut stands in the diagnostics
 * (`tiesAtCutFirst`, `tiesAtCutSecond`). Undefined where a map is constant, since its features would be chosen by index alone, and where it
 * has fewer than k features.
 *
 * Source: Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019.
 */
export const topK = defineComparison({
  name: 'top-k',
  summary: 'share of the k most important features that two maps have in common',
  citation: 'Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019',
  measures: 'similarity',
  range: [0, 1],
  options: {
    k: topCountOption,
    channels: channelsOption,
  },
  marks: ({ k, channels }) => (map) => {
    const features = featuresOf(map, channels)
    const count = topCountOf(k, features.length)
    // Values of several channels are no pixels.
    return count > features.length || isConstant(features) || (channels === 'keep' && map.shape.length > 2 && map.shape.at(-1)! > 1) ? undefined : { pixels: largest(features, count).indices, radius: 0 }
  },
  compare: (options) =>
    compareFeatures(options.channels, (a, b) => {
      const k = topCountOf(options.k, a.length)
      if (k > a.length) return undefinedResult(`k is ${k}, but the maps have ${a.length} features`)
      const reason = faultOf(isConstant, 'constant', a, b)
      if (reason !== undefined) return undefinedResult(reason)
      const [first, second] = [largest(a, k), largest(b, k)]
      return resultOf(overlap(first.indices, second.indices) / k, { diagnostics: { k, tiesAtCutFirst: first.tiesAtCut, tiesAtCutSecond: second.tiesAtCut } })
    }),
})
