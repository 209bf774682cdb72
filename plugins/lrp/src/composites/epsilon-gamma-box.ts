import type { CompositeTable } from './table.js'

/** The box rule for the first convolution, gamma for the others, epsilon for dense layers. */
export const epsilonGammaBox: CompositeTable = [
  { for: 'first-convolution', rule: 'z-box' },
  { for: 'convolution', rule: 'gamma' },
  { for: 'dense', rule: 'epsilon' },
]
