import { defineComparison, topCountOption } from '@touchstone/core'
import { compareSelections } from './compare-selections.js'
import { recall } from './formulas.js'
import { marks } from './marks.js'
import { reductionOption, windowOption } from './options.js'
import { largest } from './selections.js'
import { source } from './source.js'

/**
 * `lens-recall`, w-LENS-recall@k: |N_w(S) n T| / k, with S and T the k largest pixels of the first map and of the second, and N_w(S) all pixels within w of one of
 * S, along both axes; in [0, 1]. At least the top-k intersection, which it is for w = 0; lens-prec with the maps changed round.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export const lensRecall = defineComparison({
  name: 'lens-recall',
  summary: "share of the second map's top k that lies within w pixels of the first map's",
  citation: `${source}, LENS-recall@k`,
  measures: 'similarity',
  range: [0, 1],
  options: { k: topCountOption, w: windowOption, channels: reductionOption },
  compare: (options) => compareSelections(options, largest, recall),
  marks: (options) => marks(options, largest),
})
