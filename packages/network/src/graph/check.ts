import { isFiniteArray, sizeOf, UserError } from '@touchstone/core'
import { isKnownOp, layerOf } from '../layers/index.js'
import { GraphError, UnsupportedLayerError } from './graph-error.js'
import { weightsOf, type Graph, type GraphNode } from './node.js'

/** The shape of one row. */
export type Shape = readonly number[]

/** A node, and where it stands in its graph: what rules are chosen by. */
export interface Place {
  readonly node: GraphNode
  /** Of one row. */
  readonly shape: Shape
  readonly inputShapes: readonly Shape[]
  /** Whether the layer has a kernel: dense, convolution, depthwise convolution. */
  readonly weighted: boolean
  /** Counts the weighted layers from the inputs on, from 0: how many stand before this node. */
  readonly weightedIndex: number
  /** How many weighted layers the graph has. */
  readonly weightedCount: number
}

/** A graph whose nodes are in order, each after its inputs, with every shape and weight checked. Nodes that the output does not need are gone. */
export interface CheckedGraph {
  readonly places: readonly Place[]
  readonly inputs: readonly string[]
  readonly output: string
  readonly placeOf: (id: string) => Place
}

/**
 * Puts the nodes in order and checks them all.
 *
 * @throws GraphError for a layer of an unknown kind, a cycle, an input that is not there, shapes that do not fit or are not fixed, and weights
 * that are missing, of the wrong size, or not finite.
 */
export function checkGraph(graph: Graph): CheckedGraph {
  const nodes = new Map<string, GraphNode>()
  for (const node of graph.nodes) {
    if (nodes.has(node.id)) throw new GraphError(`two layers have the name "${node.id}"`)
    nodes.set(node.id, node)
  }
  const ordered = inOrder(nodes, graph.output)
  const weightedCount = ordered.filter(isWeighted).length
  const places = new Map<string, Place>()
  let weightedIndex = 0
  for (const node of ordered) {
    const inputShapes = node.inputs.map((id) => places.get(id)!.shape)
    const shape = checked(node, inputShapes)
    const weighted = isWeighted(node)
    places.set(node.id, { node, shape, inputShapes, weighted, weightedIndex, weightedCount })
    if (weighted) weightedIndex++
  }
  // The inputs keep the order in which they were given.
  const inputs = graph.nodes.filter(({ id, op }) => op === 'input' && places.has(id)).map(({ id }) => id)
  if (inputs.length === 0) throw new GraphError(`the output "${graph.output}" depends on no input`)
  return {
    places: [...places.values()],
    inputs,
    output: graph.output,
    placeOf: (id) => {
      const place = places.get(id)
      if (!place) throw new UserError(`there is no layer "${id}" in the network; its layers are ${[...places.keys()].join(', ')}`)
      return place
    },
  }
}

const isWeighted = ({ op }: GraphNode): boolean => op === 'dense' || op === 'conv2d' || op === 'depthwise-conv2d'

/** What the output needs, inputs before those that use them. By a stack of its own: graphs may be thousands of layers deep. */
function inOrder(nodes: ReadonlyMap<string, GraphNode>, output: string): GraphNode[] {
  const ordered: GraphNode[] = []
  const state = new Map<string, 'open' | 'done'>()
  const stack = [find(nodes, output, undefined)]
  while (stack.length > 0) {
    const node = stack.at(-1)!
    const before = state.get(node.id)
    if (before === undefined) {
      state.set(node.id, 'open')
      for (const id of node.inputs.toReversed()) {
        if (state.get(id) === 'open') throw new GraphError(`the layers form a cycle: "${node.id}" depends on itself through "${id}"`)
        if (state.get(id) === undefined) stack.push(find(nodes, id, node))
      }
      continue
    }
    stack.pop()
    if (before === 'open') {
      state.set(node.id, 'done')
      ordered.push(node)
    }
  }
  return ordered
}

function find(nodes: ReadonlyMap<string, GraphNode>, id: string, from: GraphNode | undefined): GraphNode {
  const node = nodes.get(id)
  if (!node) throw new GraphError(from ? `layer "${from.id}" takes its input from "${id}", which is not there` : `the output "${id}" is not there`)
  return node
}

/** The node's shape, after it and its weights were found to be in order. */
function checked(node: GraphNode, inputShapes: readonly Shape[]): Shape {
  if (!isKnownOp(node.op)) throw new UnsupportedLayerError(`layer "${(node).id}" is of the unknown kind "${String((node).op)}"`)
  for (const [role, { shape, data }] of weightsOf(node)) {
    const name = `weight "${node.id}/${role}"`
    if (data.length !== sizeOf(shape)) throw new GraphError(`${name} has ${data.length} values, but its shape [${shape.join(', ')}] wants ${sizeOf(shape)}`)
    if (!isFiniteArray(data)) throw new GraphError(`${name} holds values that are not finite numbers (NaN or infinite)`)
  }
  const shape = layerOf(node).shape(node, inputShapes)
  if (!shape.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw new GraphError(`layer "${node.id}" has no fixed shape, or an empty one: [${shape.map((length) => (Number.isSafeInteger(length) ? length : '?')).join(', ')}]`)
  }
  return shape
}
