import { definePlugin } from '@touchstone/core'
import { zoo } from './zoo.js'

export { cards, type Card } from './cards.js'
export { zoo } from './zoo.js'

/** Small trained classifiers. */
export default definePlugin({ name: '@touchstone/zoo', extensions: [zoo] })
