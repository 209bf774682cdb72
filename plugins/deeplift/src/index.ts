import { definePlugin } from '@touchstone/core'
import { deeplift } from './deeplift.js'
import { referenceMethods } from './reference-methods.js'

export { contributions, type ContributionOptions } from './contributions.js'
export { deeplift, deepLiftMap, type DeepLiftOptions } from './deeplift.js'
export type { DeepLiftRuleName } from './rules/table.js'

/** Attribution by differences from a baseline. */
export default definePlugin({ name: '@touchstone/deeplift', extensions: [deeplift, ...referenceMethods] })
