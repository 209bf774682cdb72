import type { Randomness } from '../random/randomness.js'
import type { Rows } from '../rows.js'
import type { Dataset } from './dataset.js'
import type { FitsModels } from './fits.js'
import type { Model } from './model.js'

/** What an attribution method is asked for: one map per input. */
export interface AttributionRequest {
  readonly model: Model
  /** `[n, ...model.inputShape]`. */
  readonly inputs: Rows
  /** The class to explain, per row. */
  readonly targets: readonly number[]
  /** Random numbers, per row; a neighbour has those of its example. */
  readonly randomness: readonly Randomness[]
  /** How many rows may go through the model at once: the one knob for memory. Never changes a map. */
  readonly batchRows: number
  /** The data that the inputs come from, for methods that compare with it. An evaluation gives its dataset. */
  readonly reference?: Dataset
  readonly signal?: AbortSignal
}

/** The maps of a request, one per row, in the inputs' shape. */
export interface Attributions extends Rows {
  /**
   * Numbers that help to judge the maps, by names such as `convergence-delta`: under each name one per row, which like the row's map depends on that
   * row alone. An evaluation writes them into its results.
   */
  readonly diagnostics?: Readonly<Record<string, readonly number[]>>
}

/**
 * An attribution method: says how much each input value matters for the target's logit.
 *
 * The maps have the inputs' shape and are signed unless the method says otherwise. A row's map depends on that row alone.
 */
export interface Attributer extends FitsModels {
  readonly attribute: (request: AttributionRequest) => Promise<Attributions>
}

export interface AttributerTraits {
  /** Whether maps carry a sign: negative values speak against the target. */
  readonly signed: boolean
  /** Capabilities of the model that it needs. */
  readonly needs: readonly string[]
  /** Whether the map itself can be differentiated by the input, as attacks on attributions do. */
  readonly differentiable: 'exact' | 'with surrogate' | 'no'
}
