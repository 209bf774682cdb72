import type { ActivationNode } from '@touchstone/network'

/** One input value that an output takes, of which of the layer's inputs, where in it, and times what. */
export interface Tap {
  readonly input: number
  readonly index: number
  readonly weight: number
}

/** An output of a linear layer: the sum of its taps, and its bias. */
export interface Sum {
  readonly taps: readonly Tap[]
  readonly bias: number
}

/** A layer as plain numbers: every output value written out as what it takes. */
export type PlainLayer = { readonly shape: readonly number[] } & (
  | { readonly kind: 'input' }
  | { readonly kind: 'sums'; readonly sums: readonly Sum[] }
  /** Of each output, the indices it is the largest of. */
  | { readonly kind: 'largest'; readonly windows: readonly (readonly number[])[] }
  /** Of each output, its factors. */
  | { readonly kind: 'products'; readonly factors: readonly (readonly Tap[])[] }
  | { readonly kind: 'activation'; readonly node: ActivationNode }
)
