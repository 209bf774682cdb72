import type { ActivationNode, GraphNode, Padding, Pair, Weight } from '../graph/node.js'
import { batchNormAffine } from '../graph/batch-norm.js'
import { GraphError, UnsupportedLayerError } from '../graph/graph-error.js'

/** A layer of a tf.LayersModel: its configuration as saved, and its weights by their last names. */
export interface LayerSource {
  readonly name: string
  readonly kind: string
  readonly config: Readonly<Record<string, unknown>>
  readonly weights: ReadonlyMap<string, Weight>
  /** How many layers it takes its input from. */
  readonly inputCount: number
  /** Of one input row, of the first input. */
  readonly inputShape: readonly (number | null)[]
  /** Of one output row. */
  readonly outputShape: readonly (number | null)[]
}

/** A node before it has a name: several make up one layer, in a row, each fed by the one before. The main one, without `part`, gets the layer's name. */
export type Piece = DistributiveOmit<GraphNode, 'id' | 'inputs'> & { readonly part?: string }
type DistributiveOmit<T, Keys extends PropertyKey> = T extends unknown ? Omit<T, Keys> : never

type Convert = (layer: LayerSource) => readonly Piece[]

/** How each kind of Keras layer becomes nodes. */
const converters: Readonly<Record<string, Convert>> = {
  Dense: (layer) => [{ op: 'dense', weights: { kernel: weight(layer, 'kernel'), bias: layer.weights.get('bias') } }, ...activationOf(layer)],
  Conv2D: (layer) => [{ op: 'conv2d', weights: { kernel: weight(layer, 'kernel'), bias: layer.weights.get('bias') }, ...geometry(layer) }, ...activationOf(layer)],
  // A signal of length L is an image of height 1 and width L.
  Conv1D: (layer) => {
    const { shape, data } = weight(layer, 'kernel')
    const { strides: [stride], dilations: [dilation], padding: pad } = geometry(layer)
    const line = { strides: [1, stride], dilations: [1, dilation], padding: pad } as const
    return [asImage(layer), { op: 'conv2d', weights: { kernel: { shape: [1, ...shape], data }, bias: layer.weights.get('bias') }, ...line }, asSignal(layer), ...activationOf(layer)]
  },
  MaxPooling1D: (layer) => [asImage(layer), { op: 'max-pool', ...poolingOfSignal(layer) }, asSignal(layer)],
  AveragePooling1D: (layer) => [asImage(layer), { op: 'average-pool', ...poolingOfSignal(layer) }, asSignal(layer)],
  GlobalMaxPooling1D: () => [{ op: 'global-max-pool' }],
  GlobalAveragePooling1D: () => [{ op: 'global-average-pool' }],
  DepthwiseConv2D: (layer) => [{ op: 'depthwise-conv2d', weights: { kernel: weight(layer, 'depthwise_kernel'), bias: layer.weights.get('bias') }, ...geometry(layer) }, ...activationOf(layer)],
  SeparableConv2D: (layer) => [
    { op: 'depthwise-conv2d', part: 'depthwise', weights: { kernel: weight(layer, 'depthwise_kernel') }, ...geometry(layer) },
    { op: 'conv2d', weights: { kernel: weight(layer, 'pointwise_kernel'), bias: layer.weights.get('bias') }, strides: [1, 1], padding: 'valid' },
    ...activationOf(layer),
  ],
  BatchNormalization: (layer) => {
    const axis = layer.config.axis as number | undefined
    if (axis !== undefined && axis !== -1 && axis !== layer.outputShape.length) unsupported(layer, `normalises along axis ${axis}, not the last`)
    const [mean, variance] = [weight(layer, 'moving_mean'), weight(layer, 'moving_variance')]
    const [epsilon, momentum] = [numberOf(layer, 'epsilon', 1e-3), numberOf(layer, 'momentum', 0.99)]
    const normalisation = { mean, variance, gamma: layer.weights.get('gamma'), beta: layer.weights.get('beta'), epsilon, momentum }
    return [{ op: 'batch-norm', weights: batchNormAffine(normalisation), normalisation }]
  },
  LayerNormalization: (layer) => {
    const given = layer.config.axis as number | readonly number[] | undefined
    const [rank, listed] = [layer.outputShape.length, typeof given === 'number' || given === undefined ? [given ?? -1] : given]
    const axes = listed.map((axis) => (axis < 0 ? axis + rank : axis - 1))
    const [gamma, beta] = [layer.weights.get('gamma'), layer.weights.get('beta')]
    // Scale and shift have the lengths of these axes, and are broadcast from the last one on.
    if (axes.includes(-1) || ((gamma ?? beta) && axes.some((axis, i) => axis !== rank - axes.length + i))) unsupported(layer, `normalises along the axes ${listed.join(', ')}, not along the last ones in their order`)
    const norm = { op: 'layer-norm', axes, epsilon: numberOf(layer, 'epsilon', 1e-3) } as const
    return gamma || beta ? [{ ...norm, part: 'standardised' }, { op: 'affine', weights: { scale: gamma, shift: beta } }] : [norm]
  },
  Activation: (layer) => activationOf(layer),
  ReLU: (layer) => {
    const max = layer.config.maxValue
    return [{ op: 'activation', name: 'relu', ...(typeof max === 'number' && { max }) }]
  },
  LeakyReLU: (layer) => [{ op: 'activation', name: 'leaky-relu', alpha: numberOf(layer, 'alpha', 0.3) }],
  ELU: (layer) => [{ op: 'activation', name: 'elu', alpha: numberOf(layer, 'alpha', 1) }],
  PReLU: (layer) => [{ op: 'prelu', weights: { alpha: weight(layer, 'alpha') } }],
  ThresholdedReLU: (layer) => [{ op: 'activation', name: 'thresholded-relu', theta: numberOf(layer, 'theta', 1) }],
  Softmax: (layer) => {
    const axis = layer.config.axis as number | undefined
    if (axis !== undefined && axis !== -1 && axis !== layer.outputShape.length) unsupported(layer, `is a softmax along axis ${axis}, not the last`)
    return [{ op: 'softmax' }]
  },
  MaxPooling2D: (layer) => [{ op: 'max-pool', ...pooling(layer) }],
  AveragePooling2D: (layer) => [{ op: 'average-pool', ...pooling(layer) }],
  GlobalMaxPooling2D: (layer) => [{ op: 'global-max-pool', ...channelsLast(layer) }],
  GlobalAveragePooling2D: (layer) => [{ op: 'global-average-pool', ...channelsLast(layer) }],
  Flatten: (layer) => [{ op: 'reshape', shape: [-1], ...channelsLast(layer) }],
  Reshape: (layer) => [{ op: 'reshape', shape: layer.outputShape.map((length) => length ?? -1) }],
  ZeroPadding2D: (layer) => {
    channelsLast(layer)
    const [vertical, horizontal] = layer.config.padding as [number | [number, number], number | [number, number]]
    const both = (side: number | [number, number]): [number, number] => (typeof side === 'number' ? [side, side] : side)
    return [{ op: 'zero-pad', padding: [both(vertical), both(horizontal)] }]
  },
  Cropping2D: (layer) => {
    channelsLast(layer)
    const [[top], [left]] = layer.config.cropping as [[number, number], [number, number]]
    return [{ op: 'slice', begin: [top, left, 0], size: layer.outputShape.map((length) => length ?? NaN) }]
  },
  UpSampling2D: (layer) => {
    channelsLast(layer)
    const method = (layer.config.interpolation ?? 'nearest') as string
    if (method !== 'nearest' && method !== 'bilinear') unsupported(layer, `has the interpolation "${method}"; supported are nearest and bilinear`)
    return [{ op: 'upsample', factors: pair(layer.config.size), method }]
  },
  Permute: (layer) => [{ op: 'transpose', axes: (layer.config.dims as number[]).map((axis) => axis - 1) }],
  Concatenate: (layer) => {
    const axis = numberOf(layer, 'axis', -1)
    if (axis === 0) unsupported(layer, 'joins rows of the batch')
    return [{ op: 'concat', axis: axis < 0 ? layer.outputShape.length + axis : axis - 1 }]
  },
  Add: () => [{ op: 'add' }],
  Multiply: () => [{ op: 'multiply' }],
  Average: ({ inputCount }) => [{ op: 'linear-combination', coefficients: new Array<number>(inputCount).fill(1 / inputCount) }],
  Maximum: () => [{ op: 'maximum' }],
  Minimum: () => [{ op: 'minimum' }],
  Dropout: () => [{ op: 'identity' }],
  SpatialDropout1D: () => [{ op: 'identity' }],
  AlphaDropout: () => [{ op: 'identity' }],
  GaussianDropout: () => [{ op: 'identity' }],
  GaussianNoise: () => [{ op: 'identity' }],
  Rescaling: (layer) => [
    { op: 'affine', weights: { scale: constant(numberOf(layer, 'scale', 1)), shift: constant(numberOf(layer, 'offset', 0)) } },
  ],
}

/** The nodes of a layer, each fed by the one before. @throws UnsupportedLayerError for a layer that has none. */
export function layerNodes(layer: LayerSource): readonly Piece[] {
  const convert = Object.hasOwn(converters, layer.kind) ? converters[layer.kind] : undefined
  if (!convert) unsupported(layer, 'is not supported')
  return convert(layer)
}

/** Activations by Keras's names; `softmax` is a node of its own. */
const activationNames: Readonly<Record<string, Pick<ActivationNode, 'name' | 'max'>>> = {
  linear: { name: 'linear' },
  relu: { name: 'relu' },
  relu6: { name: 'relu', max: 6 },
  elu: { name: 'elu' },
  selu: { name: 'selu' },
  softplus: { name: 'softplus' },
  sigmoid: { name: 'sigmoid' },
  hardSigmoid: { name: 'hard-sigmoid' },
  hard_sigmoid: { name: 'hard-sigmoid' },
  tanh: { name: 'tanh' },
  softsign: { name: 'softsign' },
  swish: { name: 'swish' },
  silu: { name: 'swish' },
  exponential: { name: 'exponential' },
  gelu: { name: 'gelu' },
  gelu_new: { name: 'gelu-tanh' },
  mish: { name: 'mish' },
}

function activationOf(layer: LayerSource): readonly Piece[] {
  const name = typeof layer.config.activation === 'string' ? layer.config.activation : 'linear'
  if (name === 'linear') return layer.kind === 'Activation' ? [{ op: 'identity' }] : []
  if (name === 'softmax') return [{ op: 'softmax', part: 'softmax' }]
  const found = Object.hasOwn(activationNames, name) ? activationNames[name] : undefined
  if (!found) unsupported(layer, `has the activation "${name}", which is not supported; supported are ${Object.keys(activationNames).join(', ')}, softmax`)
  return [{ op: 'activation', part: name, ...found }]
}

function geometry(layer: LayerSource): { strides: Pair; dilations: Pair; padding: Padding } {
  channelsLast(layer)
  return { strides: pair(layer.config.strides), dilations: pair(layer.config.dilationRate), padding: padding(layer) }
}

function pooling(layer: LayerSource): { size: Pair; strides: Pair; padding: 'same' | 'valid' } {
  channelsLast(layer)
  const size = pair(layer.config.poolSize)
  return { size, strides: layer.config.strides ? pair(layer.config.strides) : size, padding: padding(layer) }
}

const asImage = (layer: LayerSource): Piece => ({ op: 'reshape', part: 'image', shape: [1, ...layer.inputShape.map((length) => length ?? NaN)] })
const asSignal = (layer: LayerSource): Piece => ({ op: 'reshape', part: 'signal', shape: layer.outputShape.map((length) => length ?? NaN) })

function poolingOfSignal(layer: LayerSource): ReturnType<typeof pooling> {
  const { size: [size], strides: [stride], padding: pad } = pooling(layer)
  return { size: [1, size], strides: [1, stride], padding: pad }
}

function padding(layer: LayerSource): 'same' | 'valid' {
  const value = layer.config.padding
  if (value !== 'same' && value !== 'valid') unsupported(layer, `has the padding "${String(value)}"; supported are same and valid`)
  return value
}

function channelsLast(layer: LayerSource): object {
  if (layer.config.dataFormat === 'channelsFirst') unsupported(layer, 'has channels first; only channels last are supported')
  return {}
}

function pair(value: unknown): Pair {
  const [height = 1, width = height] = (Array.isArray(value) ? value : [value ?? 1]) as number[]
  return [height, width]
}

function numberOf(layer: LayerSource, key: string, otherwise: number): number {
  const value = layer.config[key]
  return typeof value === 'number' ? value : otherwise
}

function constant(value: number): Weight {
  return { shape: [], data: Float32Array.of(value) }
}

function weight(layer: LayerSource, name: string): Weight {
  const found = layer.weights.get(name)
  if (!found) throw new GraphError(`layer "${layer.name}" (${layer.kind}): its weight "${name}" is missing`)
  return found
}

function unsupported(layer: LayerSource, why: string): never {
  throw new UnsupportedLayerError(`layer "${layer.name}" (${layer.kind}) ${why}`)
}
