import { sizeOf } from '@touchstone/core'
import type { CheckedGraph } from '../graph/check.js'
import type { Graph, GraphNode } from '../graph/node.js'

/**
 * The same network with all its inputs side by side in one flat input, in their order: what methods of one input need to explain several together.
 */
export function joinInputs({ places, inputs, output, placeOf }: CheckedGraph): Graph {
  const nodes = places.map(({ node }) => node)
  const sizes = inputs.map((id) => sizeOf(placeOf(id).shape))
  const joined = `[${inputs.join(', ')}]`
  const parts = inputs.flatMap((id, index): GraphNode[] => [
    { op: 'slice', id: `${joined}/${id}`, inputs: [joined], begin: [sizes.slice(0, index).reduce((a, b) => a + b, 0)], size: [sizes[index]!] },
    { op: 'reshape', id, inputs: [`${joined}/${id}`], shape: placeOf(id).shape },
  ])
  return { nodes: [{ op: 'input', id: joined, inputs: [], shape: [sizes.reduce((a, b) => a + b, 0)] }, ...parts, ...nodes.filter(({ op }) => op !== 'input')], output }
}
