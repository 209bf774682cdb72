import { epsilonAlpha2Beta1 } from './epsilon-alpha2-beta1.js'
import type { CompositeTable } from './table.js'

/** Epsilon-alpha2-beta1, with the flat rule for the first layer. */
export const epsilonAlpha2Beta1Flat: CompositeTable = [{ for: 'first', rule: 'flat' }, ...epsilonAlpha2Beta1]
