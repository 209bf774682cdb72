import { weightsOf, type Graph, type GraphNode, type Weight } from '../graph/node.js'

/**
 * The graph with other weights in the place of its own, of the same shapes. Layers that share a weight still do. What a batch normalisation was worked out from is no
 * longer told.
 *
 * @param change gives the weight that takes another's place; `index` is its place in `weights` of the graph's network
 */
export function mapWeights(graph: Graph, change: (weight: Weight, index: number) => Weight): Graph {
  const changed = new Map<Weight, Weight>()
  const changedOf = (weight: Weight): Weight => {
    let other = changed.get(weight)
    if (!other) changed.set(weight, (other = change(weight, changed.size)))
    return other
  }
  const nodes = graph.nodes.map((node) => {
    const weights = weightsOf(node)
    return weights.length === 0 ? node : (withoutNormalisation({ ...node, weights: Object.fromEntries(weights.map(([role, weight]) => [role, changedOf(weight)])) }) as GraphNode)
  })
  return { ...graph, nodes }
}

function withoutNormalisation(node: { readonly weights: object; normalisation?: unknown }): object {
  delete node.normalisation
  return node
}
