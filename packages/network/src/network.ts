import { sizeOf, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { checkGraph, type CheckedGraph, type Shape } from './graph/check.js'
import { weightsOf, type Graph, type Weight } from './graph/node.js'
import type { WeightTensors } from './layers/layer.js'
import { forwardOutput } from './run/forward.js'

/** A weight of a network. Layers that share one are named after the first of them. */
export interface NetworkWeight {
  /** Node and role, as in `conv1/kernel`. */
  readonly name: string
  readonly tensor: tf.Tensor
}

/**
 * A classifier as a graph of layers: a differentiable function of its inputs and its weights, whose layers can be seen, and whose backward pass
 * takes a rule per layer. Every method that is itself a tensor function stands on this.
 */
export interface Network {
  readonly graph: CheckedGraph
  /** The shape of one input: the first, where there are several. */
  readonly inputShape: Shape
  /** The shapes of all inputs. */
  readonly inputShapes: readonly Shape[]
  /** The shape of one output, `[classes]` for a classifier. */
  readonly outputShape: Shape
  /** How many values an output has. */
  readonly classCount: number
  /** In the order of the graph. */
  readonly weights: readonly NetworkWeight[]
  readonly weightsOf: (id: string) => WeightTensors
  /**
   * `[n, ...inputShape]` to `[n, ...outputShape]`, logits where the network is a classifier's; several inputs go in as a list. Synchronous and made
   * of TensorFlow.js ops alone, so that `tf.grad` goes through it. Rows are independent.
   */
  readonly logits: (x: tf.Tensor | readonly tf.Tensor[]) => tf.Tensor2D
  /**
   * The same network with other weights, in the order of `weights`: they stay the caller's. What is computed with them can be differentiated by
   * them: `tf.grads((...w) => loss(network.withWeights(w)))(network.weights.map(({ tensor }) => tensor))`.
   */
  readonly withWeights: (weights: readonly tf.Tensor[]) => Network
  /** How many rows went through it so far, counted together with those of `withWeights`. */
  readonly rowsRun: () => number
  /** Adds to `rowsRun`. */
  readonly countRows: (rows: number) => void
  /** Gives the memory of the weights back. */
  readonly dispose: () => void
}

declare module '@touchstone/core' {
  interface Capabilities {
    /** The model's layers as a differentiable function from inputs to logits. */
    readonly network: Network
    /** Why there is no network, where a layer of the model is not supported. */
    readonly networkMissing: string
  }
}

/**
 * Makes a graph runnable: checks it and puts its weights into tensors, which live until `dispose`.
 *
 * @throws GraphError where the graph is not in order.
 */
export function createNetwork(graph: Graph): Network {
  const checked = checkGraph(graph)
  const slots = new Map<Weight, number>()
  const names: string[] = []
  const tensors: tf.Tensor[] = []
  const slotsOf = new Map<string, readonly [role: string, slot: number][]>()
  for (const { node } of checked.places) {
    const ofNode = weightsOf(node).map(([role, weight]): [string, number] => {
      let slot = slots.get(weight)
      if (slot === undefined) {
        slots.set(weight, (slot = tensors.length))
        names.push(`${node.id}/${role}`)
        tensors.push(tf.keep(tf.tensor(weight.data, [...weight.shape], 'float32')))
      }
      return [role, slot]
    })
    slotsOf.set(node.id, ofNode)
  }
  let rows = 0

  const withTensors = (weights: readonly tf.Tensor[], dispose: () => void): Network => {
    const byNode = new Map<string, WeightTensors>([...slotsOf].map(([id, ofNode]) => [id, Object.fromEntries(ofNode.map(([role, slot]) => [role, weights[slot]]))]))
    const inputShapes = checked.inputs.map((id) => checked.placeOf(id).shape)
    const outputShape = checked.placeOf(checked.output).shape
    const network: Network = {
      graph: checked,
      inputShape: inputShapes[0]!,
      inputShapes,
      outputShape,
      classCount: sizeOf(outputShape),
      weights: weights.map((tensor, slot) => ({ name: names[slot]!, tensor })),
      weightsOf: (id) => byNode.get(id) ?? {},
      logits: (x) => forwardOutput(network, x) as tf.Tensor2D,
      withWeights: (others) => {
        if (others.length !== names.length) throw new UserError(`the network has ${names.length} weights, found ${others.length}`)
        return withTensors(others, () => undefined)
      },
      rowsRun: () => rows,
      countRows: (count) => (rows += count),
      dispose,
    }
    return network
  }
  return withTensors(tensors, () => tensors.forEach((tensor) => tensor.dispose()))
}

/** The layers and weights that a network was made of, as plain data. */
export function graphOf({ graph: { places, output } }: Network): Graph {
  return { nodes: places.map(({ node }) => node), output }
}
