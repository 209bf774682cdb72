import type { MadeOfFiles } from './made-of-files.js'

/** One input with, perhaps, its label. */
export interface Example {
  /** Stable: the same example has the same id in every run. */
  readonly id: string
  /** Values of the dataset's `inputShape`, row-major. */
  readonly input: Float32Array
  /** The index of its class. */
  readonly label?: number
}

/** Inputs with stable ids and order, read lazily. */
export interface Dataset extends MadeOfFiles {
  /** The shape of one input. */
  readonly inputShape: readonly number[]
  /** How many examples there are. */
  readonly size: number
  /** Every input value lies between these. */
  readonly range: { readonly low: number; readonly high: number }
  /** A name per class, where classes are known. */
  readonly classNames?: readonly string[]
  /** A hash of its content and of how it is read. */
  readonly fingerprint: string
  /** Example `index`, from 0 to `size - 1`. */
  readonly example: (index: number) => Promise<Example>
}

export interface DatasetTraits {
  readonly formats: readonly string[]
}
