import { definePlugin } from '@touchstone/core'
import { lrp } from './lrp.js'
import { referenceMethods } from './reference-methods.js'

export { composites, type Composite, type CompositeName } from './composites/index.js'
export type { CompositeEntry, CompositeTable, LayerChoice } from './composites/table.js'
export { lrp, lrpMap } from './lrp.js'
export { relevance, type LrpOptions, type Start } from './relevance.js'
export type { RuleName } from './rules/index.js'
export type { BiasHandling, RuleOptions } from './rules/options.js'

/** Attribution by layer-wise relevance propagation. */
export default definePlugin({ name: '@touchstone/lrp', extensions: [lrp, ...referenceMethods] })
