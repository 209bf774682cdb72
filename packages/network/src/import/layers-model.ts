import { UserError } from '@touchstone/core'
import { layers } from '@touchstone/tensor'
import type { Graph, GraphNode, Weight } from '../graph/node.js'
import { layerNodes, type LayerSource } from './layer-nodes.js'

/**
 * Reads a tf.LayersModel, Sequential or functional, with models inside it and layers used several times, as a graph. Its weights are copied: the
 * model stays the caller's, and what happens to it later does not change the graph.
 *
 * Nodes have the names of their layers; a second use of a layer is `name:2`, an activation inside one is `name/relu`.
 *
 * @throws UnsupportedLayerError for a layer that the graph has no node for.
 */
export async function graphFromLayers(model: layers.LayersModel): Promise<Graph> {
  return (await readLayers(model)).graph
}

/** A variable of a LayersModel, and the values that were read from it; a graph's weight that stands for it holds the same array. */
export interface LayersVariable {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** The same with the variables of the model in their order. */
export async function readLayers(model: layers.LayersModel): Promise<{ readonly graph: Graph; readonly variables: readonly LayersVariable[] }> {
  if (model.outputs.length !== 1) throw new UserError(`expected a model of one output, found ${model.outputs.length}`)
  const reader = new LayersReader()
  await reader.readWeights(model)
  for (const input of model.inputs) reader.input(input)
  const output = reader.tensor(model.outputs[0]!, undefined)
  const variables = model.weights.map(({ id, originalName, shape }) => ({ name: originalName, shape: shape as readonly number[], data: reader.values.get(id)! }))
  return { graph: { nodes: reader.nodes, output }, variables }
}

/** A use of a model as a layer of another: what its inputs are there. */
interface Call {
  readonly outer: Call | undefined
  readonly inputs: ReadonlyMap<number, string>
  readonly known: Map<number, string>
}

class LayersReader {
  readonly nodes: GraphNode[] = []
  /** By the id of the variable. */
  readonly values = new Map<number, Float32Array>()
  readonly #weights = new Map<layers.layers.Layer, ReadonlyMap<string, Weight>>()
  readonly #uses = new Map<string, number>()
  readonly #known = new Map<number, string>()

  /** All weights at once, since reading a tensor waits. Layers that share one hold the same object. */
  async readWeights(model: layers.LayersModel): Promise<void> {
    for (const layer of model.layers) {
      if (layer instanceof layers.LayersModel) {
        await this.readWeights(layer)
        continue
      }
      if (this.#weights.has(layer)) continue
      const found = new Map<string, Weight>()
      for (const [index, tensor] of layer.getWeights().entries()) {
        const { id, originalName: name } = layer.weights[index]!
        const data = Float32Array.from(await tensor.data())
        this.values.set(id, data)
        found.set(name.slice(name.lastIndexOf('/') + 1), { shape: tensor.shape, data })
      }
      this.#weights.set(layer, found)
    }
  }

  input(tensor: layers.SymbolicTensor): void {
    const id = this.#unusedName(tensor.sourceLayer.name)
    this.nodes.push({ op: 'input', id, inputs: [], shape: tensor.shape.slice(1).map((length) => length ?? NaN) })
    this.#known.set(tensor.id, id)
  }

  /** The node that computes a tensor of the model. */
  tensor(tensor: layers.SymbolicTensor, call: Call | undefined): string {
    const known = call?.inputs.get(tensor.id) ?? (call?.known ?? this.#known).get(tensor.id)
    if (known !== undefined) return known
    const layer = tensor.sourceLayer
    const { inputTensors } = layer.inboundNodes[tensor.nodeIndex]!
    const inputs = inputTensors.map((input) => this.tensor(input, call))
    const id = layer instanceof layers.LayersModel ? this.#inside(layer, tensor, inputs, call) : this.#layer(layer, tensor, inputs)
    ;(call?.known ?? this.#known).set(tensor.id, id)
    return id
  }

  #inside(model: layers.LayersModel, tensor: layers.SymbolicTensor, inputs: readonly string[], outer: Call | undefined): string {
    const call: Call = { outer, inputs: new Map(model.inputs.map(({ id }, i) => [id, inputs[i]!])), known: new Map() }
    return this.tensor(model.outputs[tensor.outputTensorIndex ?? 0]!, call)
  }

  #layer(layer: layers.layers.Layer, tensor: layers.SymbolicTensor, inputs: readonly string[]): string {
    const source: LayerSource = {
      name: layer.name,
      kind: layer.getClassName(),
      config: layer.getConfig(),
      weights: this.#weights.get(layer) ?? new Map<string, Weight>(),
      inputCount: inputs.length,
      inputShape: layer.inboundNodes[tensor.nodeIndex]!.inputTensors[0]?.shape.slice(1) ?? [],
      outputShape: tensor.shape.slice(1),
    }
    const pieces = layerNodes(source)
    const name = this.#unusedName(layer.name)
    let feeding = inputs
    for (const { part, ...piece } of pieces) {
      const id = part === undefined || pieces.length === 1 ? name : `${name}/${part}`
      this.nodes.push({ ...piece, id, inputs: feeding })
      feeding = [id]
    }
    return feeding[0]!
  }

  #unusedName(name: string): string {
    const count = (this.#uses.get(name) ?? 0) + 1
    this.#uses.set(name, count)
    return count === 1 ? name : `${name}:${count}`
  }
}
