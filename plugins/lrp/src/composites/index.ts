import { epsilonAlpha2Beta1Flat } from './epsilon-alpha2-beta1-flat.js'
import { epsilonAlpha2Beta1 } from './epsilon-alpha2-beta1.js'
import { epsilonGammaBox } from './epsilon-gamma-box.js'
import { epsilonPlusFlat } from './epsilon-plus-flat.js'
import { epsilonPlus } from './epsilon-plus.js'
import { epsilon } from './epsilon.js'
import { excitationBackprop } from './excitation-backprop.js'
import type { CompositeTable } from './table.js'

interface NamedComposite {
  readonly table: CompositeTable
  /** That of the package where the composite is at home. */
  readonly epsilon: number
}

/** The composites by name, with the epsilon of Captum for `epsilon`, of zennit for all others. */
export const composites = {
  epsilon: { table: epsilon, epsilon: 1e-9 },
  'epsilon-plus': { table: epsilonPlus, epsilon: 1e-6 },
  'epsilon-plus-flat': { table: epsilonPlusFlat, epsilon: 1e-6 },
  'epsilon-gamma-box': { table: epsilonGammaBox, epsilon: 1e-6 },
  'epsilon-alpha2-beta1': { table: epsilonAlpha2Beta1, epsilon: 1e-6 },
  'epsilon-alpha2-beta1-flat': { table: epsilonAlpha2Beta1Flat, epsilon: 1e-6 },
  'excitation-backprop': { table: excitationBackprop, epsilon: 1e-6 },
} as const satisfies Record<string, NamedComposite>

export type CompositeName = keyof typeof composites

/** A composite by name, or one's own. */
export type Composite = CompositeName | CompositeTable
