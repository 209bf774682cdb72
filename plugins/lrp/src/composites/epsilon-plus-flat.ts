import { epsilonPlus } from './epsilon-plus.js'
import type { CompositeTable } from './table.js'

/** Epsilon-plus, with the flat rule for the first layer. */
export const epsilonPlusFlat: CompositeTable = [{ for: 'first', rule: 'flat' }, ...epsilonPlus]
