import { definePlugin } from '@touchstone/core'
import { attributionAttack } from './attribution-attack.js'
import { presets } from './presets.js'
import { randomSign } from './random-sign.js'
import { referenceMethods } from './reference-methods.js'

export { attributionAttack } from './attribution-attack.js'
export { objectiveOf, type Aim, type Objective, type ObjectiveOptions, type Region } from './objective.js'
export { randomSign } from './random-sign.js'

/** Attacks on attributions: inputs nearby that keep the class and change the map. */
export default definePlugin({ name: '@touchstone/attribution-attacks', extensions: [randomSign, attributionAttack, ...referenceMethods], presets })
