import { definePlugin } from '@touchstone/core'
import { lensDistance } from './lens-distance.js'
import { lensKendall } from './lens-kendall.js'
import { lensPrecDiv } from './lens-prec-div.js'
import { lensPrec } from './lens-prec.js'
import { lensRecallDiv } from './lens-recall-div.js'
import { lensRecall } from './lens-recall.js'
import { lensSpearman } from './lens-spearman.js'
import { referenceMethods } from './reference-methods.js'
import { topKDiv } from './top-k-div.js'

export { diverseTopK } from './diverse-top-k.js'
export { planeOf, type Plane, type Reduction } from './plane.js'
export { smooth } from './smooth.js'
export { lensDistance, lensKendall, lensPrec, lensPrecDiv, lensRecall, lensRecallDiv, lensSpearman, topKDiv }

/** Comparisons of attribution maps that heed locality and diversity. */
export default definePlugin({ name: '@touchstone/lens', extensions: [lensRecall, lensPrec, lensDistance, topKDiv, lensRecallDiv, lensPrecDiv, lensSpearman, lensKendall, ...referenceMethods] })
