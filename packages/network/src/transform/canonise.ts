import { tf } from '@touchstone/tensor'
import type { CheckedGraph } from '../graph/check.js'
import type { GraphNode } from '../graph/node.js'
import { createNetwork, type Network } from '../network.js'
import { foldBatchNorm } from './fold-batch-norm.js'

/** A network without the normalisations that could be folded. */
export interface Canonised {
  readonly network: Network
  /** The present name of a layer: one that was folded into the normalisation behind it goes by the name of that. */
  readonly current: (id: string) => string
}

interface Folding {
  /** The folded layers without weights of their own to run with. */
  readonly shell: Network
  /** By the name of the normalisation, the layer that it was folded into. */
  readonly before: ReadonlyMap<string, string>
}

const foldings = new WeakMap<CheckedGraph, Folding | 'none'>()

/**
 * Folds each batch normalisation into the layer with a kernel right before it: W' = W s, b' = b s + t. Of the network's present weights, so that
 * what is computed can be differentiated by them; to be called within `tf.tidy`, which frees the folded ones.
 */
export function canonise(network: Network): Canonised {
  const folding = foldingOf(network.graph)
  if (folding === 'none') return { network, current: (id) => id }
  const { shell, before } = folding
  const weights = shell.weights.map(({ name }) => {
    const cut = name.lastIndexOf('/')
    const [id, role] = [name.slice(0, cut), name.slice(cut + 1)]
    const folded = before.get(id)
    if (folded === undefined) return network.weightsOf(id)[role]!
    const { kernel, bias } = network.weightsOf(folded)
    const { scale, shift } = network.weightsOf(id)
    // A depthwise kernel ends in [channels, outputs per channel], which are its output channels in order.
    const depthwise = network.graph.placeOf(folded).node.op === 'depthwise-conv2d'
    if (role === 'kernel') return scale ? tf.mul(kernel!, depthwise ? tf.reshape(scale, kernel!.shape.slice(-2)) : scale) : kernel!
    const zero = tf.zeros([network.graph.placeOf(id).shape.at(-1)!])
    const scaled = bias ? (scale ? tf.mul(bias, scale) : bias) : zero
    return shift ? tf.add(scaled, shift) : scaled
  })
  const after = new Map([...before].map(([norm, layer]) => [layer, norm]))
  return { network: shell.withWeights(weights), current: (id) => after.get(id) ?? id }
}

function foldingOf(graph: CheckedGraph): Folding | 'none' {
  const known = foldings.get(graph)
  if (known) return known
  const nodes = graph.places.map(({ node }) => node)
  const folded = foldBatchNorm({ nodes, output: graph.output }).nodes
  const before = new Map(folded.flatMap((node) => {
    const original = graph.placeOf(node.id).node
    return original.op === node.op ? [] : [[node.id, original.inputs[0]!] as const]
  }))
  const made = before.size === 0 ? 'none' : foldShell(folded, graph.output, before)
  foldings.set(graph, made)
  return made
}

function foldShell(nodes: readonly GraphNode[], output: string, before: Folding['before']): Folding {
  const shell = createNetwork({ nodes, output })
  // Only its layers are used: weights come with every call.
  shell.dispose()
  return { shell, before }
}
