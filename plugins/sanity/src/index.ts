import { definePlugin } from '@touchstone/core'
import { entropy } from './entropy.js'
import { gini } from './gini.js'
import { parameterRandomisation } from './parameter-randomisation.js'

export { entropy, gini, parameterRandomisation }

/** Complexity of maps, and the check whether maps depend on what the model has learned. */
export default definePlugin({ name: '@touchstone/sanity', extensions: [gini, entropy, parameterRandomisation] })
