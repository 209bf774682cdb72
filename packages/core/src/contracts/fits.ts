import type { Dataset } from './dataset.js'
import type { Model } from './model.js'

/** What attributers, samplers and scores may say of themselves. */
export interface FitsModels {
  /**
   * Says whether its options fit a model and the data: the shape of a baseline, the name of a layer. An evaluation asks it, also of what stands in the
   * options of others, for every model and before any work, so that what does not fit is told at once. It runs no row through the model.
   *
   * @throws UserError that names what does not fit, what was expected, what was found, and what to do
   */
  readonly fits?: (model: Model, dataset: Dataset) => void | Promise<void>
}
