import { definePlugin } from '@touchstone/core'
import { cosine } from './cosine.js'
import { kendall } from './kendall.js'
import { l2 } from './l2.js'
import { linf } from './linf.js'
import { massCentre } from './mass-centre.js'
import { relativeL2 } from './relative-l2.js'
import { spearman } from './spearman.js'
import { topK } from './top-k.js'
import { unitL2 } from './unit-l2.js'

export { cosine, kendall, l2, linf, massCentre, relativeL2, spearman, topK, unitL2 }

export default definePlugin({ name: '@touchstone/comparisons', extensions: [l2, linf, unitL2, relativeL2, cosine, topK, spearman, kendall, massCentre] })
