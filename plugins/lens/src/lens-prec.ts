import { defineComparison, topCountOption } from '@touchstone/core'
import { compareSelections } from './compare-selections.js'
import { precision } from './formulas.js'
import { marks } from './marks.js'
import { reductionOption, windowOption } from './options.js'
import { largest } from './selections.js'
import { source } from './source.js'

/**
 * `lens-prec`, w-LENS-prec@k: |S n N_w(T)| / k, with S and T the k largest pixels of the first map and of the second, and N_w(T) all pixels within w of one of
 * T, along both axes; in [0, 1]. At least the top-k intersection, which it is for w = 0; lens-recall with the maps changed round.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export const lensPrec = defineComparison({
  name: 'lens-prec',
  summary: "share of the first map's top k that lies within w pixels of the second map's",
  citation: `${source}, LENS-prec@k`,
  measures: 'similarity',
  range: [0, 1],
  options: { k: topCountOption, w: windowOption, channels: reductionOption },
  compare: (options) => compareSelections(options, largest, precision),
  marks: (options) => marks(options, largest),
})
