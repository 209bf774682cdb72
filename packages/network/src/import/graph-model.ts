import { sizeOf, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { batchNormAffine } from '../graph/batch-norm.js'
import { GraphError, UnsupportedLayerError } from '../graph/graph-error.js'
import type { ActivationNode, Graph, GraphNode, Padding, Pair, Weight } from '../graph/node.js'
import { layerOf } from '../layers/index.js'
import { attributes, inputsOf, parseTopology, rowShapeOf, transposed, type GraphDefNode } from './graph-def.js'

/**
 * Reads a tf.GraphModel, a converted Keras or TensorFlow model, as a graph, from its artifacts: the topology of `model.json`, and the weights.
 * Nodes have the names of the operations they come from.
 *
 * @param artifacts what an `tf.io.IOHandler` loads
 * @throws UnsupportedLayerError for an operation that the graph has no node for; GraphError where the artifacts are damaged.
 */
export async function graphFromArtifacts(artifacts: tf.io.ModelArtifacts): Promise<Graph> {
  const nodes = parseTopology(artifacts.modelTopology)
  const last = outputOf(nodes, artifacts)
  refuseUnsupported(nodes, last)
  const reader = new GraphDefReader(nodes, await decodeWeights(artifacts))
  const output = reader.read(last)
  return { nodes: reader.nodes, output }
}

/** The weights of a graph-model by name, as float32. */
export async function decodeWeights({ weightData, weightSpecs }: tf.io.ModelArtifacts): Promise<ReadonlyMap<string, Weight>> {
  if (!weightData || !weightSpecs) throw new GraphError('expected a model with weights, found none')
  const tensors = tf.io.decodeWeights(tf.io.CompositeArrayBuffer.join(weightData), weightSpecs)
  const weights = new Map<string, Weight>()
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.dtype !== 'string') weights.set(name, { shape: tensor.shape, data: Float32Array.from(await tensor.data()) })
    tensor.dispose()
  }
  return weights
}

/** The one node that is the output. @throws UserError where there are several. */
export function outputOf(nodes: ReadonlyMap<string, GraphDefNode>, artifacts: tf.io.ModelArtifacts): string {
  const outputs = outputsOf(nodes, artifacts)
  if (outputs.length !== 1) throw new UserError(`expected a model of one output, found ${outputs.length}: ${outputs.join(', ')}`)
  return outputs[0]!
}

/** Names all operations at once that there is no node for, of those that the output depends on. */
function refuseUnsupported(nodes: ReadonlyMap<string, GraphDefNode>, output: string): void {
  const seen = new Set<string>()
  const unknown: string[] = []
  const open = [output]
  while (open.length > 0) {
    const node = nodes.get(open.pop()!)
    if (!node || seen.has(node.name)) continue
    seen.add(node.name)
    if (node.op === 'Const' || node.op === 'ReadVariableOp') continue
    if (!Object.hasOwn(converters, node.op)) unknown.push(`"${node.name}" (${node.op})`)
    // The shape that a reshape asks for may be computed by operations of its own.
    open.push(...(node.op === 'Reshape' ? inputsOf(node).slice(0, 1) : inputsOf(node)).toReversed())
  }
  if (unknown.length === 0) return
  const [what, are] = unknown.length === 1 ? ['layer', 'is'] : ['layers', 'are']
  throw new UnsupportedLayerError(`${what} ${unknown.join(', ')} ${are} not supported`)
}

/** By the signature where there is one; else what is computed and nothing reads. */
function outputsOf(nodes: ReadonlyMap<string, GraphDefNode>, artifacts: tf.io.ModelArtifacts): readonly string[] {
  const signature = (artifacts.signature as { outputs?: Readonly<Record<string, { name?: string }>> } | undefined)?.outputs
  const named = Object.entries(signature ?? {}).map(([key, { name = key }]) => name.split(':')[0]!)
  if (named.length > 0) return named
  const read = new Set([...nodes.values()].flatMap((node) => (node.input ?? []).map((name) => name.replace(/^\^/, '').split(':')[0]!)))
  return [...nodes.keys()].filter((name) => !read.has(name) && !['Const', 'Placeholder'].includes(nodes.get(name)!.op))
}

type Convert = (reader: GraphDefReader, node: GraphDefNode, inputs: readonly string[]) => string

const activationOps: Readonly<Record<string, Pick<ActivationNode, 'name' | 'max'>>> = {
  Relu: { name: 'relu' },
  Relu6: { name: 'relu', max: 6 },
  LeakyRelu: { name: 'leaky-relu' },
  Elu: { name: 'elu' },
  Selu: { name: 'selu' },
  Softplus: { name: 'softplus' },
  Softsign: { name: 'softsign' },
  Sigmoid: { name: 'sigmoid' },
  Tanh: { name: 'tanh' },
  Exp: { name: 'exponential' },
}

const convolution = (op: 'conv2d' | 'depthwise-conv2d'): Convert => (reader, node, inputs) => {
  channelsLast(node)
  const fused = attributes.texts(node, 'fused_ops')
  const weights = { kernel: reader.constant(inputs[1]!, node), ...(fused[0] === 'BiasAdd' && { bias: reader.constant(inputs[2]!, node) }) }
  const shape = { strides: spatial(node, 'strides'), dilations: spatial(node, 'dilations'), padding: paddingOf(node) }
  return reader.activate(node, fused, (id) => reader.add({ op, id, inputs: [reader.read(inputs[0]!)], weights, ...shape }))
}

const matMul: Convert = (reader, node, inputs) => {
  if (attributes.flag(node, 'transpose_a')) unsupported(node, 'transposes its input')
  const fused = attributes.texts(node, 'fused_ops')
  const given = reader.constant(inputs[1]!, node)
  const weights = { kernel: attributes.flag(node, 'transpose_b') ? transposed(given) : given, ...(fused[0] === 'BiasAdd' && { bias: reader.constant(inputs[2]!, node) }) }
  return reader.activate(node, fused, (id) => reader.add({ op: 'dense', id, inputs: [reader.read(inputs[0]!)], weights }))
}

/** Sums and products: of two layers a node of their own, with a constant an affine one. */
const arithmetic = (combine: 'add' | 'subtract' | 'multiply' | 'divide'): Convert => (reader, node, inputs) => {
  const id = node.name
  const [left, right] = [reader.weight(inputs[0]!), reader.weight(inputs[1]!)]
  if (!left && !right) {
    const both = inputs.map((name) => reader.read(name))
    if (combine === 'divide') unsupported(node, 'divides by another layer')
    if (combine === 'subtract') return reader.add({ op: 'linear-combination', id, inputs: both, coefficients: [1, -1] })
    return reader.add({ op: combine, id, inputs: both })
  }
  if (left && combine === 'divide') unsupported(node, 'divides by a layer')
  const value = rowWeight((right ?? left)!)
  const affine = {
    add: { shift: value },
    subtract: left ? { scale: { shape: [], data: Float32Array.of(-1) }, shift: value } : { shift: mapped(value, (v) => -v) },
    multiply: { scale: value },
    divide: { scale: mapped(value, (v) => 1 / v) },
  }[combine]
  return reader.add({ op: 'affine', id, inputs: [reader.read((right ? inputs[0] : inputs[1])!)], weights: affine })
}

const pool = (op: 'max-pool' | 'average-pool'): Convert => (reader, node, inputs) => {
  channelsLast(node)
  const padding = paddingOf(node)
  if (typeof padding !== 'string') unsupported(node, 'pools with explicit padding')
  return reader.add({ op, id: node.name, inputs: [reader.read(inputs[0]!)], size: spatial(node, 'ksize'), strides: spatial(node, 'strides'), padding })
}

const reduce = (op: 'global-max-pool' | 'global-average-pool'): Convert => (reader, node, inputs) => {
  const input = reader.read(inputs[0]!)
  const rank = reader.shapeOf(input).length + 1
  const axes = [...reader.constant(inputs[1]!, node).data].map((axis) => (axis < 0 ? axis + rank : axis) - 1).sort((a, b) => a - b)
  if (axes.includes(-1)) unsupported(node, 'reduces over the batch')
  return reader.add({ op, id: node.name, inputs: [input], axes, keepAxes: attributes.flag(node, 'keep_dims') })
}

const batchNorm: Convert = (reader, node, inputs) => {
  channelsLast(node)
  const [gamma, beta, mean, variance] = inputs.slice(1, 5).map((name) => reader.constant(name, node)) as [Weight, Weight, Weight, Weight]
  const weights = batchNormAffine({ gamma, beta, mean, variance, epsilon: attributes.number(node, 'epsilon') ?? 1e-4 })
  return reader.add({ op: 'batch-norm', id: node.name, inputs: [reader.read(inputs[0]!)], weights })
}

const pad: Convert = (reader, node, inputs) => {
  if (inputs[2] !== undefined && reader.constant(inputs[2], node).data[0] !== 0) unsupported(node, 'pads with other values than zeros')
  const [a = 0, b = 0, top = 0, bottom = 0, left = 0, right = 0, c = 0, d = 0] = reader.constant(inputs[1]!, node).data
  if (a + b + c + d > 0) unsupported(node, 'pads the batch or the channels')
  return reader.add({ op: 'zero-pad', id: node.name, inputs: [reader.read(inputs[0]!)], padding: [[top, bottom], [left, right]] })
}

const concat: Convert = (reader, node, inputs) => {
  const parts = inputs.slice(0, -1).map((name) => reader.read(name))
  const [axis] = reader.constant(inputs.at(-1)!, node).data as unknown as [number]
  const rank = reader.shapeOf(parts[0]!).length
  if (axis === 0) unsupported(node, 'joins rows of the batch')
  return reader.add({ op: 'concat', id: node.name, inputs: parts, axis: axis < 0 ? rank + axis : axis - 1 })
}

const transpose: Convert = (reader, node, inputs) => {
  const [batch, ...axes] = reader.constant(inputs[1]!, node).data
  if (batch !== 0) unsupported(node, 'moves the batch')
  return reader.add({ op: 'transpose', id: node.name, inputs: [reader.read(inputs[0]!)], axes: axes.map((axis) => axis - 1) })
}

const upsample = (method: 'nearest' | 'bilinear'): Convert => (reader, node, inputs) => {
  const input = reader.read(inputs[0]!)
  const size = [...reader.constant(inputs[1]!, node).data]
  const factors = size.map((length, axis) => length / reader.shapeOf(input)[axis]!) as unknown as Pair
  if (attributes.flag(node, 'align_corners') || (method === 'bilinear' && attributes.flag(node, 'half_pixel_centers'))) unsupported(node, 'aligns corners, or measures from the centres of pixels')
  if (!factors.every(Number.isInteger)) unsupported(node, 'does not enlarge by whole factors')
  return reader.add({ op: 'upsample', id: node.name, inputs: [input], factors, method })
}

/** The largest or the smallest of two layers; of a layer and a constant of zeros, a ReLU. */
const extreme = (op: 'maximum' | 'minimum'): Convert => (reader, node, inputs) => {
  const [left, right] = [reader.weight(inputs[0]!), reader.weight(inputs[1]!)]
  if (!left && !right) return reader.add({ op, id: node.name, inputs: inputs.map((name) => reader.read(name)) })
  if (op === 'maximum' && (left ?? right)!.data.every((value) => value === 0)) {
    return reader.add({ op: 'activation', name: 'relu', id: node.name, inputs: [reader.read((right ? inputs[0] : inputs[1])!)] })
  }
  return unsupported(node, 'compares with a constant')
}

const squeeze: Convert = (reader, node, inputs) => {
  const input = reader.read(inputs[0]!)
  const from = reader.shapeOf(input)
  const dims = [...attributes.numbers(node, 'squeeze_dims'), ...attributes.numbers(node, 'axis')].map((axis) => (axis < 0 ? axis + from.length : axis - 1))
  const shape = from.filter((length, axis) => (dims.length > 0 ? !dims.includes(axis) : length !== 1))
  return reader.add({ op: 'reshape', id: node.name, inputs: [input], shape })
}

const unchanged: Convert = (reader, _node, inputs) => reader.read(inputs[0]!)

const converters: Readonly<Record<string, Convert>> = {
  Placeholder: (reader, node) => {
    return reader.add({ op: 'input', id: node.name, inputs: [], shape: rowShapeOf(node) })
  },
  Conv2D: convolution('conv2d'),
  _FusedConv2D: convolution('conv2d'),
  DepthwiseConv2dNative: convolution('depthwise-conv2d'),
  FusedDepthwiseConv2dNative: convolution('depthwise-conv2d'),
  MatMul: matMul,
  _FusedMatMul: matMul,
  BiasAdd: arithmetic('add'),
  Add: arithmetic('add'),
  AddV2: arithmetic('add'),
  AddN: (reader, node, inputs) => reader.add({ op: 'add', id: node.name, inputs: inputs.map((name) => reader.read(name)) }),
  Sub: arithmetic('subtract'),
  Mul: arithmetic('multiply'),
  RealDiv: arithmetic('divide'),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  MaxPool: pool('max-pool'),
  AvgPool: pool('average-pool'),
  Mean: reduce('global-average-pool'),
  Max: reduce('global-max-pool'),
  Maximum: extreme('maximum'),
  Minimum: extreme('minimum'),
  Prelu: (reader, node, inputs) =>
    reader.add({ op: 'prelu', id: node.name, inputs: [reader.read(inputs[0]!)], weights: { alpha: rowWeight(reader.constant(inputs[1]!, node)) } }),
  ResizeNearestNeighbor: upsample('nearest'),
  ResizeBilinear: upsample('bilinear'),
  Transpose: transpose,
  ConcatV2: concat,
  Pad: pad,
  PadV2: pad,
  Reshape: (reader, node, inputs) => reader.add({ op: 'reshape', id: node.name, inputs: [reader.read(inputs[0]!)], shape: reader.rowShape(inputs[1]!, node) }),
  Squeeze: squeeze,
  Softmax: (reader, node, inputs) => reader.add({ op: 'softmax', id: node.name, inputs: [reader.read(inputs[0]!)] }),
  Identity: unchanged,
  StopGradient: unchanged,
  ...Object.fromEntries(
    Object.entries(activationOps).map(([op, found]): [string, Convert] => [
      op,
      (reader, node, inputs) => {
        const alpha = op === 'LeakyRelu' ? { alpha: attributes.number(node, 'alpha') ?? 0.2 } : {}
        return reader.add({ op: 'activation', id: node.name, inputs: [reader.read(inputs[0]!)], ...found, ...alpha })
      },
    ]),
  ),
}

class GraphDefReader {
  readonly nodes: GraphNode[] = []
  readonly #source: ReadonlyMap<string, GraphDefNode>
  readonly #weights: ReadonlyMap<string, Weight>
  readonly #read = new Map<string, string>()
  readonly #shapes = new Map<string, readonly number[]>()
  readonly #open = new Set<string>()

  constructor(source: ReadonlyMap<string, GraphDefNode>, weights: ReadonlyMap<string, Weight>) {
    this.#source = source
    this.#weights = weights
  }

  /** The node of the graph that gives an operation's output. */
  read(name: string): string {
    const known = this.#read.get(name)
    if (known !== undefined) return known
    const node = this.#find(name)
    if (this.#open.has(name)) throw new GraphError(`the layers form a cycle: "${name}" depends on itself`)
    const convert = Object.hasOwn(converters, node.op) ? converters[node.op] : undefined
    if (!convert) unsupported(node, 'is not supported')
    this.#open.add(name)
    const id = convert(this, node, inputsOf(node))
    this.#open.delete(name)
    this.#read.set(name, id)
    return id
  }

  add(node: GraphNode): string {
    this.nodes.push(node)
    this.#shapes.set(node.id, layerOf(node).shape(node, node.inputs.map((id) => this.shapeOf(id))))
    return node.id
  }

  /** Adds a node and the activation that is fused with it: that has the operation's own name then. */
  activate(source: GraphDefNode, fused: readonly string[], add: (id: string) => string): string {
    const [op] = fused.filter((name) => name !== 'BiasAdd')
    if (op === undefined) return add(source.name)
    const found = Object.hasOwn(activationOps, op) ? activationOps[op] : undefined
    if (!found) unsupported(source, `is fused with "${op}", which is not supported`)
    const alpha = op === 'LeakyRelu' ? { alpha: attributes.number(source, 'leakyrelu_alpha') ?? 0.2 } : {}
    return this.add({ op: 'activation', id: source.name, inputs: [add(`${source.name}/linear`)], ...found, ...alpha })
  }

  /** A constant's values; undefined for what is computed from an input. */
  weight(name: string): Weight | undefined {
    const node = this.#find(name)
    if (node.op === 'Identity' || node.op === 'ReadVariableOp') return this.weight(inputsOf(node)[0]!)
    if (node.op !== 'Const') return undefined
    const found = this.#weights.get(name)
    if (!found) throw new GraphError(`the weights of "${name}" are missing`)
    return found
  }

  constant(name: string, reader: GraphDefNode): Weight {
    return this.weight(name) ?? unsupported(reader, `takes "${name}", which is computed, where only a constant is supported`)
  }

  /** The shape that a reshape asks for, of one row. */
  rowShape(name: string, reader: GraphDefNode): readonly number[] {
    const node = this.#find(name)
    // Keras reads the number of rows off the input and packs it with the rest.
    const lengths = node.op === 'Pack' ? inputsOf(node).slice(1).map((part) => this.constant(part, reader).data[0]!) : [...this.constant(name, reader).data].slice(1)
    return lengths
  }

  shapeOf(id: string): readonly number[] {
    return this.#shapes.get(id)!
  }

  #find(name: string): GraphDefNode {
    return this.#source.get(name) ?? fail(`the layer "${name}" is read, but is not there`)
  }
}

function fail(problem: string): never {
  throw new GraphError(problem)
}

function unsupported(node: GraphDefNode, why: string): never {
  throw new UnsupportedLayerError(`layer "${node.name}" (${node.op}) ${why}`)
}

function channelsLast(node: GraphDefNode): void {
  if ((attributes.text(node, 'data_format') ?? 'NHWC') !== 'NHWC') unsupported(node, 'has channels first; only channels last are supported')
}

/** Height and width out of `[1, height, width, 1]`. */
function spatial(node: GraphDefNode, name: string): Pair {
  const [, height = 1, width = 1] = attributes.numbers(node, name)
  return [height, width]
}

function paddingOf(node: GraphDefNode): Padding {
  const padding = attributes.text(node, 'padding') ?? 'VALID'
  if (padding !== 'EXPLICIT') return padding === 'SAME' ? 'same' : 'valid'
  const [, , top = 0, bottom = 0, left = 0, right = 0] = attributes.numbers(node, 'explicit_paddings')
  return [[top, bottom], [left, right]]
}

/** A constant that is combined with rows: an axis for the batch is taken off. */
function rowWeight(weight: Weight): Weight {
  const leading = weight.shape.findIndex((length) => length !== 1)
  const shape = leading < 0 ? [] : weight.shape.slice(leading)
  return sizeOf(shape) === weight.data.length ? { shape, data: weight.data } : weight
}

function mapped({ shape, data }: Weight, f: (value: number) => number): Weight {
  return { shape, data: data.map(f) }
}
