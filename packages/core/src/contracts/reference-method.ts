import { defineExtension, type Extension } from '../extension.js'
import type { ReferenceParams } from '../reference/params.js'
import type { Rows } from '../rows.js'
import type { Attributer } from './attributer.js'

/**
 * A reference case's question about a model: a batch of each of its inputs, what is explained, and how. `@touchstone/network` adds the layers.
 */
export interface ReferenceProblem {
  /** One batch `[n, ...shape]` per input of the model. */
  readonly inputs: readonly Rows[]
  /** An output per row, flat; null stands for the sum of the outputs. */
  readonly targets: readonly number[] | null
  readonly params: ReferenceParams
  /** The maps of a method for all inputs side by side as one flat input, an array of maps per input; asked row by row, so that options may differ. */
  readonly together: (attributerOf: (row: number) => Attributer) => Promise<Answer>
  /** The maps of a method that needs only predictions, one input at a time in its own shape while the others stay as they are. */
  readonly oneByOne: (attributerOf: (row: number, input: number) => Attributer) => Promise<Answer>
  /** What another method answers for the same model and targets: a metric asks for the maps it judges. */
  readonly ask: (method: string, params: unknown, inputs: readonly Rows[]) => Promise<Answer>
}

/** Numbers to hold against those expected, row-major: of a method one array per input of the model. */
export type Answer = readonly ArrayLike<number>[]

/**
 * How a package answers reference cases of one method: it reads the case's parameters and asks its own extension. A case's method
 * `integrated_gradients` is answered by the reference method `integrated-gradients`.
 */
export type ReferenceMethod =
  | { readonly about: 'model'; readonly answer: (problem: ReferenceProblem) => Promise<Answer> }
  /** Of cases without a model. */
  | { readonly about: 'params'; readonly answer: (params: ReferenceParams) => Answer }

/** A reference method for cases with a model. */
export function defineReferenceMethod(name: string, summary: string, answer: (problem: ReferenceProblem) => Promise<Answer>): Extension<'reference-method'> {
  return defineExtension({ kind: 'reference-method', name, summary, traits: {}, create: () => ({ about: 'model', answer }) })
}

/** A reference method for cases that are a function of their parameters alone. */
export function defineReferenceFunction(name: string, summary: string, answer: (params: ReferenceParams) => Answer): Extension<'reference-method'> {
  return defineExtension({ kind: 'reference-method', name, summary, traits: {}, create: () => ({ about: 'params', answer }) })
}
