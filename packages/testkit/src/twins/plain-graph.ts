import type { Graph, GraphNode } from '@touchstone/network'
import type { PlainLayer } from './layer.js'
import { plainLayer } from './plain-layer.js'

/** A layer in its graph. */
export interface PlainNode {
  readonly node: GraphNode
  readonly layer: PlainLayer
}

/** The layers that the output needs, each after its inputs, written out; the last is the output. */
export type PlainGraph = ReadonlyMap<string, PlainNode>

export function plainGraph(graph: Graph): PlainGraph {
  const done = new Map<string, PlainNode>()
  const visit = (id: string): PlainNode => {
    const known = done.get(id)
    if (known) return known
    const node = graph.nodes.find((one) => one.id === id)!
    const made = { node, layer: plainLayer(node, node.inputs.map((from) => visit(from).layer.shape)) }
    done.set(id, made)
    return made
  }
  visit(graph.output)
  return done
}

/** The layers that read each one, by name. */
export function readersOf(graph: PlainGraph): ReadonlyMap<string, readonly PlainNode[]> {
  const all = [...graph.values()]
  return new Map([...graph.keys()].map((id) => [id, all.filter(({ node }) => node.inputs.includes(id))]))
}

/**
 * The graph in which each layer with a kernel that only a batch normalisation reads is one with it, by the name of the normalisation: weights times
 * scale, bias times scale plus shift.
 */
export function folded(graph: PlainGraph): PlainGraph {
  const readers = readersOf(graph)
  const result = new Map(graph)
  for (const [id, { node, layer }] of graph) {
    if (node.op !== 'batch-norm' || layer.kind !== 'sums') continue
    const before = graph.get(node.inputs[0]!)!
    if (!['dense', 'conv2d', 'depthwise-conv2d'].includes(before.node.op) || readers.get(before.node.id)!.length !== 1 || before.layer.kind !== 'sums') continue
    const { sums } = before.layer
    const together = layer.sums.map(({ taps: [tap], bias: shift }) => {
      const { taps, bias } = sums[tap!.index]!
      return { taps: taps.map((one) => ({ ...one, weight: one.weight * tap!.weight })), bias: bias * tap!.weight + shift }
    })
    result.delete(before.node.id)
    result.set(id, { node: { ...before.node, id }, layer: { ...before.layer, sums: together } })
  }
  return result
}
