import { definePlugin } from '@touchstone/core'
import { cosine } from './cosine.js'
import { kendall } from './kendall.js'
import { l2 } from './l2.js'
import { linf } from './linf.js'
import { massCentre } from './mass-centre.js'
import { spearman } from './spearman.js'
import { topK } from './top-k.js'

export { cosine, kendall, l2, linf, massCentre, spearman, topK }

export default definePlugin({ name: '@touchstone/comparisons', extensions: [l2, linf, cosine, topK, spearman, kendall, massCentre] })
