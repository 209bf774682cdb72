import type { CompositeTable } from './table.js'

/** z+ for convolutions, epsilon for dense layers. */
export const epsilonPlus: CompositeTable = [
  { for: 'convolution', rule: 'z-plus' },
  { for: 'dense', rule: 'epsilon' },
]
