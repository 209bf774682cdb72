import type { Rows } from '../rows.js'
import type { MadeOfFiles } from './made-of-files.js'

/**
 * What a model can do beyond predicting. Packages add members by declaration merging: `@touchstone/network` adds `network`, the layers as a
 * differentiable function.
 */
export interface Capabilities {
  /** What the model makes of inputs before it decides: `[n, ...inputShape]` to what its last layer with weights is given, `[n, values]`. Rows are independent. */
  readonly representation: (inputs: Rows) => Promise<Rows>
}

/** A classifier. Any engine fits: Touchstone asks for rows and gets rows. */
export interface Model extends MadeOfFiles {
  /** The shape of one input, as in `[28, 28, 1]`. */
  readonly inputShape: readonly number[]
  /** The length of one output. */
  readonly classCount: number
  /** What the outputs are. Attribution methods explain logits; what needs them refuses probabilities. */
  readonly outputs: 'logits' | 'probabilities'
  /** A hash of all that determines the outputs: architecture and weights. */
  readonly fingerprint: string
  /** Million floating-point operations of one forward row; a multiplication and an addition count as two. */
  readonly mflopPerRow: number
  readonly capabilities: Partial<Capabilities>
  /**
   * Inputs `[n, ...inputShape]` to outputs `[n, classCount]`. Rows are independent: the same input gives the same output
   * whatever stands beside it.
   */
  readonly predict: (inputs: Rows) => Promise<Rows>
  /** How many rows went through this model so far, by `predict` or by a capability. */
  readonly rowsRun: () => number
  /** Gives its memory back. */
  readonly dispose?: () => void | Promise<void>
}

export interface ModelTraits {
  /** The file formats it reads, as in `tfjs layers-model`. */
  readonly formats: readonly string[]
}
