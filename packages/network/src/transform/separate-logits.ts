import { UserError } from '@touchstone/core'
import type { Graph, GraphNode } from '../graph/node.js'

/** A classifier's graph up to its logits, or to what it ends with. */
export interface Separated {
  readonly graph: Graph
  readonly outputs: 'logits' | 'probabilities'
}

/**
 * Takes the softmax off a classifier's end, so that its outputs are logits. Where probabilities are made further in and then only rearranged or
 * averaged, and at an end of sigmoids, there are no logits that fit the classes: such a graph stays as it is.
 *
 * @throws UserError for an end that is no classifier's.
 */
export function separateLogits(graph: Graph): Separated {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const last = skipIdentities(nodes, graph.output)
  if (last?.op === 'softmax') return { graph: { ...graph, output: last.inputs[0]! }, outputs: 'logits' }
  if (last && holdsProbabilities(nodes, last)) return { graph, outputs: 'probabilities' }
  if (last?.op !== 'activation' || last.name === 'linear') return { graph, outputs: 'logits' }
  throw new UserError(`expected a classifier that ends with softmax or linear, found "${last.name}"`)
}

/** Whether a softmax or sigmoid is behind a node with no layer of weights in between, other than as a gate that multiplies. */
function holdsProbabilities(nodes: ReadonlyMap<string, GraphNode>, node: GraphNode): boolean {
  if (node.op === 'softmax') return true
  if (node.op === 'activation' && node.name !== 'linear') return node.name === 'sigmoid'
  if (node.op === 'dense' || node.op === 'conv2d' || node.op === 'depthwise-conv2d' || node.op === 'multiply') return false
  return node.inputs.some((id) => holdsProbabilities(nodes, nodes.get(id)!))
}

function skipIdentities(nodes: ReadonlyMap<string, GraphNode>, id: string): GraphNode | undefined {
  let node = nodes.get(id)
  while (node?.op === 'identity') node = nodes.get(node.inputs[0]!)
  return node
}
