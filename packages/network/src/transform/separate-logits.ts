import { UserError } from '@touchstone/core'
import type { Graph, GraphNode } from '../graph/node.js'

/** A classifier's graph up to its logits, or to what it ends with. */
export interface Separated {
  readonly graph: Graph
  readonly outputs: 'logits' | 'probabilities'
}

/**
 * Takes the softmax off a classifier's end, so that its outputs are logits. An end of sigmoids has no logits that fit the classes, and stays.
 *
 * @throws UserError for an end that is no classifier's.
 */
export function separateLogits(graph: Graph): Separated {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const last = skipIdentities(nodes, graph.output)
  if (last?.op === 'softmax') return { graph: { ...graph, output: last.inputs[0]! }, outputs: 'logits' }
  if (last?.op !== 'activation' || last.name === 'linear') return { graph, outputs: 'logits' }
  if (last.name === 'sigmoid') return { graph, outputs: 'probabilities' }
  throw new UserError(`expected a classifier that ends with softmax or linear, found "${last.name}"`)
}

function skipIdentities(nodes: ReadonlyMap<string, GraphNode>, id: string): GraphNode | undefined {
  let node = nodes.get(id)
  while (node?.op === 'identity') node = nodes.get(node.inputs[0]!)
  return node
}
