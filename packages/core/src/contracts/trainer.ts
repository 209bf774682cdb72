import type { Dataset } from './dataset.js'
import type { Model } from './model.js'

/** How far a training is. */
export interface TrainingProgress {
  /** Steps done, those before an interruption among them. */
  readonly step: number
  /** Steps in all, where it does not end before. */
  readonly steps: number
  /** The loss per example of this step's batch. */
  readonly loss: number
  /** The share of held-out examples that the model gets right, where it was measured at this step. */
  readonly accuracy?: number
}

/** What a trainer is given. */
export interface TrainingContext {
  /** The classifier to start from. It stays as it is. */
  readonly model: Model
  /** Examples with labels. */
  readonly dataset: Dataset
  /** All random numbers follow from it: the same seed, data and options give the same weights on the same engine. */
  readonly seed: number
  /** How many rows may go through the model at once: the one knob for memory. 64 unless told. Changes weights by rounding alone. */
  readonly batchRows?: number
  /** The state that `onCheckpoint` was given: the training goes on from there, to the same weights as without the interruption. */
  readonly resume?: Uint8Array
  /** Steps between two checkpoints; one at the end and one at a stop come in any case. */
  readonly checkpointEvery?: number
  /** Keeps the state of the training; the next step waits for it. */
  readonly onCheckpoint?: (state: Uint8Array) => Promise<void>
  /** Called after every step. */
  readonly onProgress?: (progress: TrainingProgress) => void
  /** Stops the training after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal
}

/** Trains a classifier on a dataset. */
export interface Trainer {
  /** @returns the trained classifier, which belongs to the caller. @throws the signal's reason once it is aborted. */
  readonly train: (context: TrainingContext) => Promise<Model>
}

export interface TrainerTraits {
  /** What it trains for, as in `robust attributions`. */
  readonly aim: string
}
