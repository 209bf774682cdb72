import type { GraphNode, Op } from '../graph/node.js'
import { activation } from './activation.js'
import { conv2d, depthwiseConv2d } from './convolution.js'
import { dense } from './dense.js'
import { add, affine, linearCombination, maximum, minimum, multiply } from './elementwise.js'
import { globalAveragePool, globalMaxPool } from './global-pooling.js'
import type { Layer } from './layer.js'
import { averagePool, maxPool } from './pooling.js'
import { prelu } from './prelu.js'
import { concat, identity, input, reshape, slice, softmax, transpose, zeroPad } from './shape.js'
import { layerNorm, standardise } from './standardise.js'
import { upsample } from './upsample.js'

const layers: Readonly<Record<Op, Layer<never>>> = {
  input,
  dense,
  conv2d,
  'depthwise-conv2d': depthwiseConv2d,
  'max-pool': maxPool,
  'average-pool': averagePool,
  'global-max-pool': globalMaxPool,
  'global-average-pool': globalAveragePool,
  affine: affine,
  'batch-norm': affine,
  standardise,
  'layer-norm': layerNorm,
  activation,
  prelu,
  reshape,
  transpose,
  upsample,
  'zero-pad': zeroPad,
  slice,
  concat,
  add: add,
  multiply: multiply,
  maximum,
  minimum,
  'linear-combination': linearCombination,
  softmax: softmax,
  identity: identity,
}

/** The kinds of layers that networks are made of. */
export const ops = Object.keys(layers) as readonly Op[]

export function isKnownOp(op: string): op is Op {
  return Object.hasOwn(layers, op)
}

/** How layers of the node's kind work. */
export function layerOf(node: GraphNode): Layer {
  return layers[node.op] as unknown as Layer
}
