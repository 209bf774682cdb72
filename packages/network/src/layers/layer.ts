import type { tf } from '@touchstone/tensor'
import { GraphError } from '../graph/graph-error.js'
import type { GraphNode, Op, Weight } from '../graph/node.js'

/** A node's weights as tensors, by role. */
export type WeightTensors = Readonly<Record<string, tf.Tensor | undefined>>

/** What a layer computed in the forward pass. */
interface Computed {
  readonly inputs: readonly tf.Tensor[]
  readonly output: tf.Tensor
  readonly weights: WeightTensors
}

export type NodeOf<Name extends Op> = Extract<GraphNode, { op: Name }>

/**
 * How layers of a kind work. `forward` and `gradient` are made of ops whose own gradients are right, so that both can be differentiated by
 * `tf.grad`: by inputs, by weights, and by the incoming signal.
 */
export interface Layer<Node extends GraphNode = GraphNode> {
  /** The shape of an output row. @throws GraphError where inputs or weights do not fit. */
  readonly shape: (node: Node, inputs: readonly (readonly number[])[]) => readonly number[]
  readonly forward: (node: Node, inputs: readonly tf.Tensor[], weights: WeightTensors) => tf.Tensor
  /** The signals of the inputs: the transposed Jacobian times the signal of the output. */
  readonly gradient: (node: Node, computed: Computed, signal: tf.Tensor) => readonly tf.Tensor[]
  /** Multiplications and additions of one row. Left out where they are few. */
  readonly flop?: (node: Node, shape: readonly number[]) => number
}

/** Fails with the node's name. */
export function refuse(node: GraphNode, problem: string): never {
  throw new GraphError(`layer "${node.id}" (${node.op}): ${problem}`)
}

/** The only input's shape, of the rank asked for. */
export function onlyInput(node: GraphNode, inputs: readonly (readonly number[])[], rank?: number): readonly number[] {
  const [shape] = inputs
  if (!shape || inputs.length !== 1) refuse(node, `expected one input, found ${inputs.length}`)
  if (rank !== undefined && shape.length !== rank) refuse(node, `expected an input of ${rank} axes, found [${shape.join(', ')}]`)
  return shape
}

/** Fails where a weight is missing or of another shape than is wanted. `undefined` lengths may be any. */
export function expectWeight(node: GraphNode, role: string, weight: Weight | undefined, wanted: readonly (number | undefined)[]): Weight {
  if (!(weight)) refuse(node, `its weight "${role}" is missing`)
  const { shape } = weight
  if (shape.length !== wanted.length || wanted.some((length, axis) => length !== undefined && length !== shape[axis])) {
    refuse(node, `expected "${role}" of shape [${wanted.map((length) => length ?? 'any').join(', ')}], found [${shape.join(', ')}]`)
  }
  return weight
}
