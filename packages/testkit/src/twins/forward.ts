import type { Graph } from '@touchstone/network'
import { activate } from './activations.js'
import type { PlainLayer } from './layer.js'
import { plainGraph, type PlainGraph } from './plain-graph.js'

/** Values of every layer, flat, by its name. */
export type Values = ReadonlyMap<string, readonly number[]>

/** The values of one row of every input of a graph, flat, by its name. */
export type InputValues = Readonly<Record<string, ArrayLike<number>>>

/** The values of all layers for one row. */
export function forwardTwin(graph: Graph, inputs: InputValues): Values {
  return valuesIn(plainGraph(graph), inputs)
}

export function valuesIn(graph: PlainGraph, inputs: InputValues): Values {
  const values = new Map<string, readonly number[]>()
  graph.forEach(({ node, layer }, id) => {
    values.set(id, layer.kind === 'input' ? Array.from(inputs[id]!) : valuesOf(layer, node.inputs.map((from) => values.get(from)!)))
  })
  return values
}

function valuesOf(layer: Exclude<PlainLayer, { kind: 'input' }>, inputs: readonly (readonly number[])[]): number[] {
  switch (layer.kind) {
    case 'sums':
      return layer.sums.map(({ taps, bias }) => taps.reduce((sum, { input, index, weight }) => sum + weight * inputs[input]![index]!, bias))
    case 'largest':
      return layer.windows.map((window) => Math.max(...window.map((index) => inputs[0]![index]!)))
    case 'products':
      return layer.factors.map((factors) => factors.reduce((product, { input, index }) => product * inputs[input]![index]!, 1))
    case 'activation':
      return inputs[0]!.map((x) => activate(layer.node, x))
  }
}
