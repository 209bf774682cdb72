import type { Attributer, AttributerTraits } from './contracts/attributer.js'
import type { Backend, BackendTraits } from './contracts/backend.js'
import type { Chart, ChartTraits } from './contracts/chart.js'
import type { Command, CommandTraits } from './contracts/command.js'
import type { Dataset, DatasetTraits } from './contracts/dataset.js'
import type { Executor, ExecutorTraits } from './contracts/executor.js'
import type { Comparison, ComparisonTraits, Score, ScoreTraits } from './contracts/metric.js'
import type { Model, ModelTraits } from './contracts/model.js'
import type { ReferenceMethod } from './contracts/reference-method.js'
import type { Sampler, SamplerTraits } from './contracts/sampler.js'
import type { Storage, StorageTraits } from './contracts/storage.js'
import type { Trainer, TrainerTraits } from './contracts/trainer.js'
import type { CostOptionsOf, OptionFields, OptionsOf } from './options.js'
import type { Token } from './token.js'

/**
 * The kinds of extension, and what an instance of each is. A plugin adds a kind of its own by declaration merging:
 *
 * ```ts
 * declare module '@touchstone/core' {
 *   interface Extensions { concept: Concept }
 *   interface ExtensionTraits { concept: { readonly layer: string } }
 * }
 * ```
 */
export interface Extensions {
  model: Model
  dataset: Dataset
  attributer: Attributer
  sampler: Sampler
  comparison: Comparison
  score: Score
  executor: Executor
  backend: Backend
  storage: Storage
  command: Command
  trainer: Trainer
  chart: Chart
  'reference-method': ReferenceMethod
}

/** What is said of an extension of each kind, beside its name and options. A kind that is not named here says nothing. */
export interface ExtensionTraits {
  model: ModelTraits
  dataset: DatasetTraits
  attributer: AttributerTraits
  sampler: SamplerTraits
  comparison: ComparisonTraits
  score: ScoreTraits
  executor: ExecutorTraits
  backend: BackendTraits
  storage: StorageTraits
  command: CommandTraits
  trainer: TrainerTraits
  chart: ChartTraits
}

export type Kind = keyof Extensions

export type TraitsOf<K extends Kind> = K extends keyof ExtensionTraits ? ExtensionTraits[K] : Readonly<Record<never, never>>

/** What one use costs: for an attributer one map, for a sampler one neighbour, for a score one judgement. */
export interface Cost {
  /** Rows sent through the model; a row with its gradient counts once. */
  readonly rows: number
  /** Rows beside these that are sent once per example and model, however many methods are under test. */
  readonly shared?: number
  /** Further maps of the method under test that are asked for at once. */
  readonly maps?: number
  /** Those that are asked for one after the other. */
  readonly mapsInTurn?: number
  /** The numbers are upper bounds: how many rows are needed shows only on the way. */
  readonly adaptive?: boolean
}

export type ServiceTokens = Readonly<Record<string, Token<unknown>>>

/** The services that `create` receives, by the names under which it asked for them. */
export type ServicesOf<S extends ServiceTokens> = { readonly [N in keyof S]: S[N] extends Token<infer T> ? T : never }

/** An extension of another plugin that must be loaded, as `kind:name`, and the package that brings it. */
export type Requirements = Readonly<Record<`${string}:${string}`, string>>

/** A named thing that a plugin offers: plain data and a factory. Documentation and `touchstone list` are generated from it. */
export interface Extension<K extends Kind = Kind, F extends OptionFields = OptionFields, S extends ServiceTokens = ServiceTokens> {
  readonly kind: K
  /** Lower case with hyphens, as in `integrated-gradients`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  /** Where it comes from: authors, title, year, equation. */
  readonly citation?: string
  readonly traits: TraitsOf<K>
  readonly options: F
  readonly services: S
  readonly requires?: Requirements
  /** What one use costs; undefined where it depends on the inputs' shape and that is not known. */
  cost?(options: CostOptionsOf<F>, inputShape?: readonly number[]): Cost | undefined
  /** Problems that no single option has; references stand for nothing here. Each names the option it belongs to. */
  check?(options: Readonly<Record<keyof F, unknown>>): readonly { readonly option: keyof F & string; readonly message: string }[]
  /** Makes an instance. Runs after every option of the whole config was found right. An instance with `dispose` is disposed with its evaluation. */
  create(options: OptionsOf<F>, services: ServicesOf<S>): Extensions[K] | Promise<Extensions[K]>
}

type Definition<K extends Kind, F extends OptionFields, S extends ServiceTokens> = Omit<Extension<K, F, S>, 'options' | 'services'> & {
  readonly options?: F
  readonly services?: S
}

/** Types an extension from what it says of itself. */
export function defineExtension<const K extends Kind, F extends OptionFields = Record<never, never>, S extends ServiceTokens = Record<never, never>>(
  definition: Definition<K, F, S>,
): Extension<K, F, S> {
  return { ...definition, options: definition.options ?? ({} as F), services: definition.services ?? ({} as S) }
}

/** A comparison whose traits and instance say the same, from one definition. */
export function defineComparison<F extends OptionFields = Record<never, never>>(
  definition: Pick<Extension<'comparison', F>, 'name' | 'summary' | 'citation' | 'check'> &
    ComparisonTraits & { readonly options?: F; readonly compare: (options: OptionsOf<F>) => Comparison['compare']; readonly marks?: (options: OptionsOf<F>) => Comparison['marks'] },
): Extension<'comparison', F> {
  const { measures, range, compare, marks, options, ...about } = definition
  return { ...about, kind: 'comparison', traits: { measures, range }, options: options ?? ({} as F), services: {}, create: (chosen) => ({ measures, compare: compare(chosen), ...(marks && { marks: marks(chosen) }) }) }
}

/** A name for an extension with other defaults. What the user gives replaces them, option by option. */
export interface Preset<K extends Kind = Kind> {
  readonly kind: K
  readonly name: string
  readonly summary: string
  readonly citation?: string
  /** The extension it stands for. */
  readonly use: string
  readonly options: Readonly<Record<string, unknown>>
  readonly requires?: Requirements
}

/** Types a preset. */
export function definePreset<const K extends Kind>(preset: Preset<K>): Preset<K> {
  return preset
}
