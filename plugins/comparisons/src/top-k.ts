import { defineComparison, option, overlap, resultOf, topK as largest, undefinedResult } from '@touchstone/core'
import * as z from 'zod/mini'
import { channels, compareFeatures } from './channels.js'
import { fault, isConstant } from './maps.js'

const expected = 'expected a whole number of features from 1, or a share of them between 0 and 1'

/**
 * `top-k`, the top-k intersection: |S_k(a) n S_k(b)| / k, with S_k the k largest features; in [0, 1].
 *
 * Equal features are taken by index from the smallest; how many equal ones were left out at the cut stands in the diagnostics
 * (`tiesAtCutFirst`, `tiesAtCutSecond`). Undefined where a map is constant, since its features would be chosen by index alone, and where it
 * has fewer than k features. A share of n features means round(share * n) of them, at least 1.
 *
 * The default k is a tenth of the features, since a share means the same for images of any size. It is close to what the papers count on small
 * images: 100 of 784 (MNIST) and of 1024 (GTSRB). For large ones they take less: 1000 of 16,384 (Flower) and of 51,529 (ImageNet).
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
    k: option(z.number(expected).check(z.refine((k) => k > 0 && (k < 1 || Number.isSafeInteger(k)), expected)), {
      summary: 'how many of the largest features count: a whole number, or a share in (0, 1) of them all',
      default: 0.1,
      unit: 'features, or share of the features',
    }),
    channels,
  },
  compare: (options) =>
    compareFeatures(options.channels, (a, b) => {
      const k = options.k < 1 ? Math.max(1, Math.round(options.k * a.length)) : options.k
      if (k > a.length) return undefinedResult(`k is ${k}, but the maps have ${a.length} features`)
      const reason = fault(isConstant, 'constant', a, b)
      if (reason !== undefined) return undefinedResult(reason)
      const [first, second] = [largest(a, k), largest(b, k)]
      return resultOf(overlap(first.indices, second.indices) / k, { diagnostics: { k, tiesAtCutFirst: first.tiesAtCut, tiesAtCutSecond: second.tiesAtCut } })
    }),
})
