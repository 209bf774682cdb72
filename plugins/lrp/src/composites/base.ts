import type { CompositeTable } from './table.js'

/**
 * What stands below every composite: layers without a kernel. Layers that only move values (reshape, padding, concatenation) move relevance back.
 * A normalisation that could not be folded passes relevance on, as in zennit: dividing by what it gives, which is around 0, would make relevance explode.
 */
export const base: CompositeTable = [
  { for: 'activation', rule: 'pass' },
  { for: 'prelu', rule: 'pass' },
  { for: 'softmax', rule: 'pass' },
  { for: 'batch-norm', rule: 'pass' },
  { for: 'layer-norm', rule: 'pass' },
  { for: 'affine', rule: 'epsilon' },
  { for: 'add', rule: 'norm' },
  { for: 'linear-combination', rule: 'norm' },
  { for: 'average-pool', rule: 'norm' },
  { for: 'global-average-pool', rule: 'norm' },
  { for: 'upsample', rule: 'norm' },
  { for: 'max-pool', rule: 'winner-take-all' },
  { for: 'global-max-pool', rule: 'winner-take-all' },
  { for: 'maximum', rule: 'winner-take-all' },
  { for: 'minimum', rule: 'winner-take-all' },
  { for: 'multiply', rule: 'split' },
]
