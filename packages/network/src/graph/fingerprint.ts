import { canonicalJson, hash } from '@touchstone/core'
import type { CheckedGraph } from './check.js'
import { weightsOf, type Weight } from './node.js'

/** A hash of the layers, how they are connected, and their weights. The names of layers are not part of it. */
export function fingerprintOf(graph: CheckedGraph): string {
  const numbers = new Map(graph.places.map(({ node }, index) => [node.id, index]))
  const weights = new Map<Weight, number>()
  const nodes = graph.places.map(({ node }) => {
    const roles = weightsOf(node).map(([role, weight]) => {
      if (!weights.has(weight)) weights.set(weight, weights.size)
      return [role, weights.get(weight), weight.shape]
    })
    // Scale and shift say all that a normalisation does to values.
    return { ...node, normalisation: undefined, id: numbers.get(node.id), inputs: node.inputs.map((id) => numbers.get(id)), weights: roles }
  })
  return hash(canonicalJson({ nodes, inputs: graph.inputs.map((id) => numbers.get(id)), output: numbers.get(graph.output) }), ...[...weights.keys()].map(({ data }) => data))
}
