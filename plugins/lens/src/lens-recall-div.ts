import { defineComparison, topCountOption } from '@touchstone/core'
import { compareSelections } from './compare-selections.js'
import { recall } from './formulas.js'
import { marks } from './marks.js'
import { reductionOption, windowOption } from './options.js'
import { diverse } from './selections.js'
import { source } from './source.js'

/**
 * `lens-recall-div`, w-LENS-recall@k-div: |N_w(D) n D'| / k, with D and D' the diverse top k of the two maps (diverseTopK), for one and the same w; in [0, 1]. Where the
 * image has no room for k pixels further than w apart the divisor stays k, and how many there were stands in the diagnostics.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export const lensRecallDiv = defineComparison({
  name: 'lens-recall-div',
  summary: "share of the second map's diverse top k that lies within w pixels of the first map's",
  citation: `${source}, LENS-recall@k-div`,
  measures: 'similarity',
  range: [0, 1],
  options: { k: topCountOption, w: windowOption, channels: reductionOption },
  compare: (options) => compareSelections(options, diverse, recall),
  marks: (options) => marks(options, diverse),
})
