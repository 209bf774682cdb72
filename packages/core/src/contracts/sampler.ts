import type { Randomness } from '../random/randomness.js'
import type { Token } from '../token.js'
import { argmax, eachRow, stackRows } from '../rows.js'
import type { Attributer } from './attributer.js'
import type { Dataset, Example } from './dataset.js'
import type { FitsModels } from './fits.js'
import type { Model } from './model.js'

/** What a sampler knows of the input whose neighbours it makes. */
export interface SamplerContext {
  readonly model: Model
  readonly example: Example
  /** The model's outputs for the example. */
  readonly outputs: Float32Array
  /** The class under explanation. */
  readonly target: number
  /** Reference data, and the range of valid input values. */
  readonly dataset: Dataset
  readonly randomness: Randomness
  /** How many rows may go through a capability of the model at once: the one knob for memory. Never changes what is sampled; `model.predict` heeds it by itself. */
  readonly batchRows: number
  readonly signal?: AbortSignal
  /**
   * What `compute` gives, plain data: objects, lists, text, numbers and typed arrays, computed once for the example and model and kept in the store of the
   * evaluation, as a trained generator is. `key` names all else that it depends on.
   */
  readonly kept: <T>(what: Token<T>, key: string, compute: () => Promise<T>) => Promise<T>
  /** The method under test; given only to samplers whose traits say `dependsOn: 'attributer'`. */
  readonly attributer?: Attributer
}

/** An input near an example, in whatever sense its sampler means. */
export interface Neighbour {
  readonly input: Float32Array
  /** ||x~ - x|| of the inputs. */
  readonly inputDistance: { readonly l2: number; readonly linf: number }
  /** The model's outputs for it. */
  readonly outputs: Float32Array
  /** F_target(x) - F_target(x~): positive where the model is less sure. */
  readonly logitDistance: number
  /** The class the model gives it. */
  readonly predicted: number
  /** Why it does not count, as in `other class`; absent where it is accepted. */
  readonly rejected?: string
  /** What the sampler says of how it was made, such as the steps that took; their means stand in the results. */
  readonly diagnostics?: Readonly<Record<string, number>>
}

/** Makes neighbours of an input: similar by noise, by data, by the model's output, or by an attack. */
export interface Sampler extends FitsModels {
  /** `count` candidates, the rejected ones among them, each with its reason. */
  readonly sample: (context: SamplerContext, count: number) => Promise<readonly Neighbour[]>
}

export interface SamplerTraits {
  /** `attributer` for attacks on the method under test; other samples are made once and shared by all methods. */
  readonly dependsOn: 'model' | 'attributer'
}

/** A rule that refuses a neighbour by giving the reason, or accepts it by giving nothing. */
export type AcceptanceRule = (neighbour: Omit<Neighbour, 'rejected'>, context: SamplerContext) => string | undefined

/** The neighbour keeps the example's predicted class. */
export const sameClass: AcceptanceRule = ({ predicted }, { outputs }) => (predicted === argmax(outputs) ? undefined : 'other class')

/** Measures candidates against their example and lets the rules judge them, in order; the first reason given stands. */
export async function judgeNeighbours(context: SamplerContext, inputs: readonly Float32Array[], rules: readonly AcceptanceRule[]): Promise<readonly Neighbour[]> {
  const { model, example, outputs: exampleOutputs, target } = context
  if (inputs.length === 0) return []
  const outputs = eachRow(await model.predict(stackRows(inputs, model.inputShape)))
  return inputs.map((input, index) => {
    const measured = {
      input,
      inputDistance: { l2: l2Distance(input, example.input), linf: linfDistance(input, example.input) },
      outputs: outputs[index]!,
      logitDistance: exampleOutputs[target]! - outputs[index]![target]!,
      predicted: argmax(outputs[index]!),
    }
    for (const rule of rules) {
      const rejected = rule(measured, context)
      if (rejected !== undefined) return { ...measured, rejected }
    }
    return measured
  })
}

/** ||a - b||_2, summed in double precision. */
export function l2Distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += (a[index]! - b[index]!) ** 2
  return Math.sqrt(sum)
}

/** What stands for values of 0 by which others are divided. */
const notZero = 1e-6

/** || (a - b) / a ||_2, value by value, summed in double precision; 1e-6 stands for values of `a` that are 0. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += ((a[index]! - b[index]!) / (a[index] === 0 ? notZero : a[index]!)) ** 2
  return Math.sqrt(sum)
}

/** ||a - b||_inf = max |a_i - b_i|. */
export function linfDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  for (let index = 0; index < a.length; index++) largest = Math.max(largest, Math.abs(a[index]! - b[index]!))
  return largest
}
