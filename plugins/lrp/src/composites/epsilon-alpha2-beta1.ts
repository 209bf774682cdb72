import type { CompositeTable } from './table.js'

/** alpha 2, beta 1 for convolutions, epsilon for dense layers. */
export const epsilonAlpha2Beta1: CompositeTable = [
  { for: 'convolution', rule: 'alpha-beta', options: { alpha: 2, beta: 1 } },
  { for: 'dense', rule: 'epsilon' },
]
