/** A weight of a layer: plain data, row-major. Nodes that share a weight hold the same object. */
export interface Weight {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** The weights of a node by what they are for, as in `kernel` and `bias`. */
export type Weights = Readonly<Record<string, Weight | undefined>>

/** What all nodes have. */
interface NodeBase {
  /** Unique in its graph; the layer's name where there is one. */
  readonly id: string
  /** The nodes whose outputs it takes, in order. */
  readonly inputs: readonly string[]
}

/** Where values come in. `shape` is that of one row. */
export interface InputNode extends NodeBase {
  readonly op: 'input'
  readonly shape: readonly number[]
}

/** y = x . kernel + bias over the last axis; kernel `[in, out]`. */
export interface DenseNode extends NodeBase {
  readonly op: 'dense'
  readonly weights: { readonly kernel: Weight; readonly bias?: Weight | undefined }
}

/** Zeros around an image, or the rule by which they are chosen: `same` keeps ceil(size / stride) positions, `valid` adds none. */
export type Padding = 'same' | 'valid' | readonly [vertical: readonly [top: number, bottom: number], horizontal: readonly [left: number, right: number]]

/** A height and a width. */
export type Pair = readonly [height: number, width: number]

interface ConvolutionBase extends NodeBase {
  readonly weights: { readonly kernel: Weight; readonly bias?: Weight | undefined }
  readonly strides: Pair
  readonly dilations?: Pair
  readonly padding: Padding
}

/** Convolution of images `[height, width, channels]`; kernel `[height, width, in, out]`. */
export interface Conv2DNode extends ConvolutionBase {
  readonly op: 'conv2d'
}

/** Convolution of every channel by itself; kernel `[height, width, channels, outputs per channel]`. */
export interface DepthwiseConv2DNode extends ConvolutionBase {
  readonly op: 'depthwise-conv2d'
}

/** The largest or the mean value of each window. Padding counts for neither. */
export interface PoolNode extends NodeBase {
  readonly op: 'max-pool' | 'average-pool'
  readonly size: Pair
  readonly strides: Pair
  readonly padding: 'same' | 'valid'
}

/** The largest or the mean value over whole axes of a row, which come one after the other; of equally large values the first counts. */
export interface GlobalPoolNode extends NodeBase {
  readonly op: 'global-max-pool' | 'global-average-pool'
  /** Axes of a row, from 0, or from the last one as -1; all but the last unless told. */
  readonly axes?: readonly number[]
  /** Whether the axes stay, with length 1. */
  readonly keepAxes?: boolean
}

/**
 * y = scale x + shift, value by value; the weights' shapes are broadcast against a row's. `batch-norm` is a normalisation with fixed mean and
 * variance: scale = gamma / sqrt(variance + epsilon), shift = beta - mean scale.
 */
export interface AffineNode extends NodeBase {
  readonly op: 'affine' | 'batch-norm'
  readonly weights: { readonly scale?: Weight | undefined; readonly shift?: Weight | undefined }
  /** What the scale and the shift of a `batch-norm` were worked out from, where it is known: what training changes. */
  readonly normalisation?: Normalisation
}

/** A batch normalisation as Keras has it: what it does to values, and how its averages follow those of batches. */
export interface Normalisation {
  readonly mean: Weight
  readonly variance: Weight
  readonly gamma?: Weight | undefined
  readonly beta?: Weight | undefined
  readonly epsilon: number
  /** The share of an average that stays when a batch has gone through: average <- momentum average + (1 - momentum) batch. */
  readonly momentum: number
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) for each channel, the last axis: by the averages that are its weights, or by mean and variance of the batch itself, over
 * all axes but the channels', the variance divided by their number. By the batch, rows depend on each other: for training alone.
 */
export interface StandardiseNode extends NodeBase {
  readonly op: 'standardise'
  readonly by: 'averages' | 'batch'
  readonly weights: { readonly mean: Weight; readonly variance: Weight }
  readonly epsilon: number
  readonly momentum: number
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) with mean and variance of each row itself over `axes`, from 0, the variance divided by the number of values. A layer
 * normalisation, or the standardisation of whole images, before its scale and shift.
 */
export interface LayerNormNode extends NodeBase {
  readonly op: 'layer-norm'
  readonly axes: readonly number[]
  readonly epsilon: number
}

/** Functions of one value. */
export type ActivationName =
  | 'linear'
  | 'relu'
  | 'leaky-relu'
  | 'elu'
  | 'selu'
  | 'softplus'
  | 'sigmoid'
  | 'hard-sigmoid'
  | 'tanh'
  | 'softsign'
  | 'swish'
  | 'exponential'
  | 'gelu'
  | 'gelu-tanh'
  | 'mish'
  | 'thresholded-relu'
  | 'smooth-leaky-relu'
  | 'smooth-clipped-relu'

/** A function applied to every value. */
export interface ActivationNode extends NodeBase {
  readonly op: 'activation'
  readonly name: ActivationName
  /** Slope (leaky-relu) or size (elu) below zero: 0.3 and 1 unless told. */
  readonly alpha?: number
  /** How sharp the bend of a softplus is, softplus(x) = log(1 + exp(beta x)) / beta: 1 unless told. */
  readonly beta?: number
  /** Up to where a thresholded-relu gives 0; above it the value itself: 1 unless told. */
  readonly theta?: number
  /** The largest value a relu gives, 6 for ReLU6: unbounded unless told. */
  readonly max?: number
}

/** max(0, x) + alpha min(0, x), with slopes of their own for each channel or value; `alpha` is broadcast against a row. */
export interface PreluNode extends NodeBase {
  readonly op: 'prelu'
  readonly weights: { readonly alpha: Weight }
  /** As a surrogate: alpha x + (1 - alpha) softplus(x), with a bend as sharp as this. */
  readonly beta?: number
}

/** The axes of a row in another order: axis i of what comes out is axis `axes[i]` of what goes in, from 0. */
export interface TransposeNode extends NodeBase {
  readonly op: 'transpose'
  readonly axes: readonly number[]
}

/** Images made larger by whole factors: every pixel becomes a block of equal ones, or pixels between are filled in by straight lines. */
export interface UpsampleNode extends NodeBase {
  readonly op: 'upsample'
  readonly factors: Pair
  readonly method: 'nearest' | 'bilinear'
}

/** The same values in another shape, that of one row. A length of -1 is worked out. Flatten is `[-1]`. */
export interface ReshapeNode extends NodeBase {
  readonly op: 'reshape'
  readonly shape: readonly number[]
}

/** Zeros around images. */
export interface ZeroPadNode extends NodeBase {
  readonly op: 'zero-pad'
  readonly padding: readonly [vertical: readonly [number, number], horizontal: readonly [number, number]]
}

/** A part of a row: from `begin` on, `size` values along each axis. What a cropping layer is, and one of several inputs that come in as one. */
export interface SliceNode extends NodeBase {
  readonly op: 'slice'
  readonly begin: readonly number[]
  readonly size: readonly number[]
}

/** Rows side by side along one of their axes, the last unless told. */
export interface ConcatNode extends NodeBase {
  readonly op: 'concat'
  readonly axis?: number
}

/** Sums, products, largest and smallest of inputs, broadcast against each other. Of equal ones the first counts. */
export interface ArithmeticNode extends NodeBase {
  readonly op: 'add' | 'multiply' | 'maximum' | 'minimum'
}

/** sum_i coefficients[i] inputs[i] + constant. */
export interface LinearCombinationNode extends NodeBase {
  readonly op: 'linear-combination'
  readonly coefficients: readonly number[]
  readonly constant?: number
}

/** Softmax over the last axis, and what does nothing when a model predicts (dropout). */
export interface PlainNode extends NodeBase {
  readonly op: 'softmax' | 'identity'
}

/** A layer in a graph. */
export type GraphNode =
  | InputNode
  | DenseNode
  | Conv2DNode
  | DepthwiseConv2DNode
  | PoolNode
  | GlobalPoolNode
  | AffineNode
  | StandardiseNode
  | LayerNormNode
  | ActivationNode
  | PreluNode
  | TransposeNode
  | UpsampleNode
  | ReshapeNode
  | ZeroPadNode
  | SliceNode
  | ConcatNode
  | ArithmeticNode
  | LinearCombinationNode
  | PlainNode

/** The kinds of layers. */
export type Op = GraphNode['op']

/** A classifier as plain data: its layers, in any order, and the one whose output counts. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly output: string
}

/** A node's weights by name, those that are there. */
export function weightsOf(node: GraphNode): [role: string, weight: Weight][] {
  if (!('weights' in node)) return []
  return Object.entries(node.weights as Weights).filter((entry): entry is [string, Weight] => entry[1] !== undefined)
}
