import { defineComparison, topCountOption } from '@touchstone/core'
import { compareSelections } from './compare-selections.js'
import { intersection } from './formulas.js'
import { marks } from './marks.js'
import { reductionOption, windowOption } from './options.js'
import { diverse } from './selections.js'
import { source } from './source.js'

/**
 * `top-k-div`: |D n D'| / k, with D and D' the diverse top k of the two maps: the largest pixel, the largest outside of its window, and so on (diverseTopK); in [0, 1].
 * Where the image has no room for k pixels further than w apart the divisor stays k, and how many there were stands in the diagnostics.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export const topKDiv = defineComparison({
  name: 'top-k-div',
  summary: 'share that the diverse top k of two maps, pixels further than w apart, have in common',
  citation: `${source}, top-k-div`,
  measures: 'similarity',
  range: [0, 1],
  options: { k: topCountOption, w: windowOption, channels: reductionOption },
  compare: (options) => compareSelections(options, diverse, intersection),
  marks: (options) => marks(options, diverse),
})
