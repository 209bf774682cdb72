import type { tf } from '@touchstone/tensor'
import type { Place } from '../graph/check.js'
import type { ActivationName, GraphNode, Op } from '../graph/node.js'
import type { WeightTensors } from '../layers/layer.js'

/** What a layer takes and what it gives for it. */
export interface Point {
  readonly inputs: readonly tf.Tensor[]
  readonly output: tf.Tensor
}

/** What a rule is given: a layer, what went through it, and the signal that comes back. */
export interface RuleStep extends Point {
  readonly node: GraphNode
  readonly place: Place
  /** What went through the layer in the reference pass, where there is one (DeepLIFT). */
  readonly reference?: Point
  /** In the shape of the output. */
  readonly signal: tf.Tensor
  readonly weights: WeightTensors
  /** The layer's own function, on other inputs or with other weights; a weight that is left out counts as none (a bias, say). */
  readonly forward: (inputs: readonly tf.Tensor[], weights?: WeightTensors) => tf.Tensor
  /**
   * The plain rule, the transposed Jacobian times the signal, of another signal, with other weights, or at another point. For a linear layer it
   * depends on the first two alone.
   */
  readonly gradient: (signal?: tf.Tensor, weights?: WeightTensors, at?: Point) => readonly tf.Tensor[]
}

/** How a signal goes back through a layer: the signals of its inputs, one for each, in their shapes. */
export type Rule = (step: RuleStep) => readonly tf.Tensor[]

/** A rule, and the layers that it is for. */
export interface RuleFor {
  readonly for: (place: Place) => boolean
  readonly rule: Rule
}

/** Layers of these kinds. */
export function ofKind(...ops: readonly Op[]): RuleFor['for'] {
  return ({ node }) => ops.includes(node.op)
}

/** Activations of these names; any activation but the linear one where none is named. */
export function ofActivation(...names: readonly ActivationName[]): RuleFor['for'] {
  return ({ node }) => node.op === 'activation' && (names.length === 0 ? node.name !== 'linear' : names.includes(node.name))
}

/** Layers of these names. */
export function named(...ids: readonly string[]): RuleFor['for'] {
  return ({ node }) => ids.includes(node.id)
}

/** Layers with a kernel: dense, convolution, depthwise convolution. */
export const weighted: RuleFor['for'] = (place) => place.weighted

/** The first of the layers with a kernel. */
export const firstWeighted: RuleFor['for'] = (place) => place.weighted && place.weightedIndex === 0

/** The last of the layers with a kernel. */
export const lastWeighted: RuleFor['for'] = (place) => place.weighted && place.weightedIndex === place.weightedCount - 1
