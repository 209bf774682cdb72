import type { CompositeTable } from './table.js'

/** z+ everywhere. Source: Zhang et al., "Top-down neural attention by excitation backprop", 2016. */
export const excitationBackprop: CompositeTable = [{ for: 'weighted', rule: 'z-plus' }]
