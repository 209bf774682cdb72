import type { Dataset } from './dataset.js'
import type { Model } from './model.js'

/** Trains a classifier on a dataset. */
export interface Trainer {
  readonly train: (context: { readonly dataset: Dataset; readonly seed: number; readonly signal?: AbortSignal }) => Promise<Model>
}

export interface TrainerTraits {
  /** What it trains for, as in `robust attributions`. */
  readonly aim: string
}
