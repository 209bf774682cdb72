import { definePlugin } from '@touchstone/core'
import { levelSet } from './level-set.js'

export { levelSet } from './level-set.js'

/** Output similarity-based robustness. */
export default definePlugin({ name: '@touchstone/osr-gan', extensions: [levelSet] })
