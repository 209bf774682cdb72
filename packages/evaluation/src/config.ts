import type { Attributer, Backend, Dataset, Executor, Model, Plugin, ReferenceInput, Score, Storage } from '@touchstone/core'
import type { CorrectFor } from './results.js'

/**
 * An evaluation as a user writes it. Keys of `models`, `attributers` and `metrics` are the user's own labels: they are the names in tables
 * and reports, so that one method can stand twice with different options.
 */
export interface EvaluationConfig {
  /** For editors; not read. */
  readonly $schema?: string
  /** Packages by name, or plugin objects. */
  readonly plugins: readonly (string | Plugin)[]
  readonly models: Readonly<Record<string, ReferenceInput<Model>>>
  readonly dataset: ReferenceInput<Dataset>
  readonly examples?: {
    /** How many, from the start of the dataset; 32 unless told. */
    readonly take?: number
    /** Only examples whose predicted class is their label, for all models or for each model on its own; `any` (the default) takes every example. */
    readonly correctFor?: CorrectFor
  }
  /** The class whose logit is explained: the predicted one (default), the label, or an index. Fixed on an example, kept for its neighbours. */
  readonly target?: 'predicted' | 'label' | number
  readonly attributers: Readonly<Record<string, ReferenceInput<Attributer>>>
  readonly metrics: Readonly<Record<string, ReferenceInput<Score>>>
  /** All random numbers follow from it; 0 unless told. */
  readonly seed?: number
  /** How many rows go through a model at once: the one knob for memory; 64 unless told. Never changes a result. */
  readonly batchRows?: number
  /** `inline` unless told. Never changes a result. */
  readonly executor?: ReferenceInput<Executor>
  /** Where what is computed is kept, so that it is not computed again; `memory` unless told, in which it ends with the evaluation. */
  readonly store?: ReferenceInput<Storage>
  /** What computes: `wasm`, `cpu`, that of a plugin, or `auto` (unless told), the fastest of the loaded plugins that starts. Results differ by rounding between backends. */
  readonly backend?: ReferenceInput<Backend>
}

/** Types a config file: `export default defineEvaluation({ ... })`. */
export function defineEvaluation(config: EvaluationConfig): EvaluationConfig {
  return config
}
