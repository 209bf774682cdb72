import type { MakeRule } from './step.js'
import { inEqualParts } from './terms.js'

/**
 * The flat rule: relevance in equal parts to all inputs that an output sees, 1 1, without bias. Zeros that pad an image get none.
 *
 * Source: Lapuschkin et al., "Unmasking Clever Hans predictors and assessing what machines really learn", 2019, methods.
 */
export const flat: MakeRule = () => (step) => [inEqualParts(step, step.signal)]
