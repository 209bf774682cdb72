import type { CompositeTable } from './table.js'

/** The epsilon rule everywhere, what Captum's LRP does unless told otherwise. */
export const epsilon: CompositeTable = [{ for: 'weighted', rule: 'epsilon' }]
