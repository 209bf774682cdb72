import type { CheckedGraph, GraphNode } from '@touchstone/network'

/** Tells of the layers whose outputs cannot be negative, for whatever input. */
export function nonNegativeLayers(graph: CheckedGraph): (id: string) => boolean {
  const found = new Set<string>()
  for (const { node } of graph.places) if (keepsAbove(node, (id) => found.has(id))) found.add(node.id)
  return (id) => found.has(id)
}

function keepsAbove(node: GraphNode, isNonNegative: (id: string) => boolean): boolean {
  switch (node.op) {
    case 'activation':
      return ['relu', 'thresholded-relu', 'sigmoid', 'hard-sigmoid', 'exponential', 'softplus'].includes(node.name) || (node.name === 'linear' && node.inputs.every(isNonNegative))
    case 'softmax':
      return true
    case 'max-pool':
    case 'average-pool':
    case 'global-max-pool':
    case 'global-average-pool':
    case 'reshape':
    case 'zero-pad':
    case 'slice':
    case 'concat':
    case 'add':
    case 'multiply':
    case 'maximum':
    case 'minimum':
    case 'transpose':
    case 'upsample':
    case 'identity':
      return node.inputs.every(isNonNegative)
    default:
      return false
  }
}
