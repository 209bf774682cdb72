import type { MakeRule } from './step.js'

/** Relevance goes to the largest value of each window, the first of several. For max-pooling, whose gradient does the same. */
export const winnerTakeAll: MakeRule = () => ({ gradient }) => gradient()
