import { definePlugin } from '@touchstone/core'
import { levelSet } from './level-set.js'
import { osrGan } from './osr-gan.js'
import { samplerPresets, scorePresets } from './presets.js'

export { levelSet } from './level-set.js'
export { osrGan } from './osr-gan.js'

/** Output similarity-based robustness. */
export default definePlugin({ name: '@touchstone/osr-gan', extensions: [levelSet, osrGan], presets: [...samplerPresets, ...scorePresets] })
