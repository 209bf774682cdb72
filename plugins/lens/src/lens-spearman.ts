import { defineComparison } from '@touchstone/core'
import { comparePlanes } from './compare-planes.js'
import { smoothedSpearman } from './formulas.js'
import { reductionOption, windowOption } from './options.js'
import { source } from './source.js'

/**
 * `lens-spearman`: Spearman's rho of two w-smoothed maps, each value the sum over its window divided by (2w + 1)^2, at the border too; in [-1, 1].
 * Plain Spearman's rho for w = 0. Undefined where a smoothed map is constant.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export const lensSpearman = defineComparison({
  name: 'lens-spearman',
  summary: "Spearman's rho of two maps smoothed over windows of radius w",
  citation: `${source}, LENS-Spearman`,
  measures: 'similarity',
  range: [-1, 1],
  options: { w: windowOption, channels: reductionOption },
  compare: ({ w, channels }) => comparePlanes(channels, w, smoothedSpearman),
})
