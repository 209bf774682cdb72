import { definePlugin } from '@touchstone/core'
import { greedyAs } from './greedyas.js'

export { greedyAs, greedyAsAttributer, rankMap, type GreedyAsOptions } from './greedyas.js'
export { greedyRounds, type Method, type Round, type RoundsOptions } from './rounds.js'
export type { Objective, Subject } from './set-values.js'

/** Attribution by the smallest change of features that changes the class. */
export default definePlugin({ name: '@touchstone/greedyas', extensions: [greedyAs] })
