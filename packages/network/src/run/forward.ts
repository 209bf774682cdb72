import { sameShape, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Place } from '../graph/check.js'
import { layerOf } from '../layers/index.js'
import type { Network } from '../network.js'

/** A batch, or one per input of the network. */
export type Inputs = tf.Tensor | readonly tf.Tensor[]

/** What a forward pass computed. It belongs to the caller: `dispose` frees all of it but the inputs, and `tf.tidy` does so too. */
export interface Activations {
  /** The output of a layer, `[n, ...shape]`. @throws UserError for one that is not there. */
  readonly of: (id: string) => tf.Tensor
  readonly output: tf.Tensor
  /** Frees the output of one layer, unless it was given. */
  readonly free: (id: string) => void
  readonly dispose: () => void
}

/** Outputs of layers that are given instead of computed, by name. */
export type Given = Readonly<Record<string, tf.Tensor>>

/**
 * The outputs of all layers.
 *
 * @param given outputs of layers to take as they are, so that the network can be run, and differentiated, from the middle
 */
export function forward(network: Network, inputs: Inputs, given: Given = {}): Activations {
  const values = start(network, inputs, given)
  const owned = new Map<string, tf.Tensor>()
  for (const place of network.graph.places) {
    const { id } = place.node
    if (values.has(id)) continue
    const output = compute(network, place, values)
    values.set(id, output)
    owned.set(id, output)
  }
  return {
    of: (id) => {
      const value = values.get(id)
      if (!value) throw new UserError(`there is no layer "${id}" in the network; its layers are ${[...values.keys()].join(', ')}`)
      return value
    },
    output: values.get(network.graph.output)!,
    free: (id) => owned.get(id)?.dispose(),
    dispose: () => owned.forEach((tensor) => tensor.dispose()),
  }
}

/** The network's output alone: every other layer's is freed as soon as nothing needs it any more. */
export function forwardOutput(network: Network, inputs: Inputs): tf.Tensor {
  const { graph } = network
  const values = start(network, inputs, {})
  const uses = new Map<string, number>()
  for (const { node } of graph.places) for (const id of node.inputs) uses.set(id, (uses.get(id) ?? 0) + 1)
  const given = new Set(values.keys())
  for (const place of graph.places) {
    const { node } = place
    if (given.has(node.id)) continue
    values.set(node.id, compute(network, place, values))
    for (const id of node.inputs) {
      const left = uses.get(id)! - 1
      uses.set(id, left)
      if (left === 0 && id !== graph.output && !given.has(id)) {
        values.get(id)!.dispose()
        values.delete(id)
      }
    }
  }
  const output = values.get(graph.output)!
  return given.has(graph.output) ? tf.clone(output) : output
}

function compute(network: Network, { node }: Place, values: ReadonlyMap<string, tf.Tensor>): tf.Tensor {
  return tf.tidy(() => layerOf(node).forward(node, node.inputs.map((id) => values.get(id)!), network.weightsOf(node.id)))
}

/** The inputs and what else is given, by name. */
function start(network: Network, inputs: Inputs, given: Given): Map<string, tf.Tensor> {
  const list = inputs instanceof tf.Tensor ? [inputs] : inputs
  const { graph, inputShapes } = network
  const values = new Map(Object.entries(given))
  if (list.length !== graph.inputs.length) throw new UserError(`the network has ${graph.inputs.length} inputs (${graph.inputs.join(', ')}), found ${list.length}`)
  graph.inputs.forEach((id, i) => {
    const { shape } = list[i]!
    if (!sameShape(shape.slice(1), inputShapes[i]!) || shape.length === 0) throw new UserError(`expected rows of shape [${inputShapes[i]!.join(', ')}] for input "${id}", found a batch of shape [${shape.join(', ')}]`)
    values.set(id, list[i]!)
  })
  network.countRows(list[0]!.shape[0])
  return values
}
