import type { Randomness } from '../random/randomness.js'
import type { Rows } from '../rows.js'
import type { Token } from '../token.js'
import type { Dataset, Example } from './dataset.js'
import type { FitsModels } from './fits.js'
import type { Model } from './model.js'
import type { Neighbour, Sampler } from './sampler.js'

/** What a metric answers: a value, or the reason why there is none. It serialises as it stands. */
export type Result = DefinedResult | UndefinedResult

export interface DefinedResult extends ResultDetails {
  /** A finite number. */
  readonly value: number
  readonly reason?: never
}

export interface UndefinedResult extends ResultDetails {
  readonly value?: never
  /** Why it is undefined, as in `no neighbour was accepted`. */
  readonly reason: string
}

export interface ResultDetails {
  /** Named numbers that make up the value or stand beside it. */
  readonly parts?: Readonly<Record<string, number>>
  /** A curve behind the value, as of fidelity over the share of removed pixels. */
  readonly curve?: { readonly x: readonly number[]; readonly y: readonly number[] }
  /** What helps to judge the value: counts, reasons. */
  readonly diagnostics?: Readonly<Record<string, number | string>>
}

/** A value with its details; not finite means undefined, never a number that JSON cannot hold. */
export function resultOf(value: number, details: ResultDetails = {}): Result {
  return Number.isFinite(value) ? { value, ...details } : { reason: `the value is ${value}`, ...details }
}

/** No value, and why. */
export function undefinedResult(reason: string, details: ResultDetails = {}): Result {
  return { reason, ...details }
}

/** An attribution map of one input. */
export interface AttributionMap {
  /** The input's shape: `[height, width, channels]` for an image. */
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** A metric is a comparison of two maps, or a score of one map against the model. */
export type Metric = Comparison | Score

/** Judges how alike two maps of one shape are. Knows neither model nor method. */
export interface Comparison {
  /** A distance is 0 for equal maps and grows; a similarity is largest for equal maps. */
  readonly measures: 'distance' | 'similarity'
  readonly compare: (a: AttributionMap, b: AttributionMap) => Result
  /** The pixels of a map that it looks at, where it looks at some alone: a report draws them. `undefined` for a map that it cannot judge. */
  readonly marks?: ((map: AttributionMap) => Marks | undefined) | undefined
}

/** Pixels of a map, row-major. */
export interface Marks {
  readonly pixels: ArrayLike<number> & Iterable<number>
  /** How far around each of them its window reaches along both axes, in pixels; 0 for the pixel alone. */
  readonly radius: number
}

export interface ComparisonTraits {
  readonly measures: 'distance' | 'similarity'
  /** The smallest and the largest value; `null` for no bound. */
  readonly range: readonly [number | null, number | null]
}

/** Which values of a score are good. */
export type Direction = 'lower' | 'higher'

/** Judges one map of one input against the model. */
export interface Score extends FitsModels {
  /** Whether lower or higher values are better. */
  readonly direction: Direction
  readonly score: (context: ScoreContext) => Promise<Result>
  /** As of a comparison. */
  readonly marks?: Comparison['marks']
}

/** What a score may ask for. It never calls an attributer itself, so that what several scores need is computed once. */
export interface ScoreContext {
  readonly model: Model
  readonly example: Example
  /** The model's outputs for the example. */
  readonly outputs: Float32Array
  /** The class under explanation: fixed on the example, kept for its neighbours. */
  readonly target: number
  /** The map under judgement. */
  readonly map: AttributionMap
  readonly dataset: Dataset
  readonly randomness: Randomness
  /** How many rows may go through a capability of the model at once: the one knob for memory. Never changes a score; `predict` heeds it by itself. */
  readonly batchRows: number
  readonly signal?: AbortSignal
  /** Model outputs `[n, classCount]` for inputs `[n, ...inputShape]`. */
  readonly predict: (inputs: Rows) => Promise<Rows>
  /** Maps of further inputs by the same method, for the same target. */
  readonly maps: (inputs: readonly Float32Array[]) => Promise<readonly AttributionMap[]>
  /** Maps of inputs by the same method, for the same target, of another model: one made of this one, such as with other weights. */
  readonly mapsOf: (model: Model, inputs: readonly Float32Array[]) => Promise<readonly AttributionMap[]>
  /** Neighbours of the example; the same for every method and score that asks for the same sampler and count. */
  readonly neighbours: (sampler: Sampler, count: number) => Promise<readonly Neighbour[]>
  /**
   * What `compute` gives, computed once for the example and model, whichever method and score asks first: for work that does not depend on the map.
   * `key` names all else that it depends on.
   */
  readonly shared: <T>(what: Token<T>, key: string, compute: () => Promise<T>) => Promise<T>
  /**
   * As `shared`, and kept in the store of the evaluation, so that a later one need not compute it again: for what takes many model rows. It must be plain
   * data: objects, lists, text, numbers and typed arrays.
   */
  readonly kept: <T>(what: Token<T>, key: string, compute: () => Promise<T>) => Promise<T>
}

export interface ScoreTraits {
  readonly direction: Direction | 'as its comparison'
  /** What question it answers. */
  readonly judges: 'robustness' | 'faithfulness' | 'complexity' | 'sanity'
  /** What the axes of the curves behind its values are, where it gives some. */
  readonly curve?: { readonly x: string; readonly y: string }
}
