import type { Graph } from '@touchstone/network'
import { slopeOf } from './activations.js'
import { backwardThrough, firstLargest, outputOf, seedOf } from './backward.js'
import { valuesIn, type InputValues, type Values } from './forward.js'
import { plainGraph } from './plain-graph.js'

/**
 * The gradient of one output by the values of every layer, for one row.
 *
 * @param target null for the sum of all outputs
 */
export function gradientTwin(graph: Graph, inputs: InputValues, target: number | null): Values {
  const plain = plainGraph(graph)
  const values = valuesIn(plain, inputs)
  return backwardThrough(plain, seedOf(outputOf(values).length, target), ({ node, layer }, signal, to) => {
    const x = node.inputs.map((id) => values.get(id)!)
    signal.forEach((s, k) => {
      switch (layer.kind) {
        case 'sums':
          for (const { input, index, weight } of layer.sums[k]!.taps) to[input]![index]! += weight * s
          break
        case 'largest':
          to[0]![firstLargest(layer.windows[k]!, x[0]!)]! += s
          break
        case 'products':
          layer.factors[k]!.forEach(({ input, index }, i) => {
            to[input]![index]! += layer.factors[k]!.reduce((product, other, j) => (i === j ? product : product * x[other.input]![other.index]!), s)
          })
          break
        case 'activation':
          to[0]![k]! += s * slopeOf(layer.node, x[0]![k]!)
          break
        case 'input':
      }
    })
  })
}
