import { sizeOf } from '@touchstone/core'
import type { Graph, GraphNode, Weight } from '@touchstone/network'
import { dense, input, relu } from './nodes.js'
import { normals, weight } from './values.js'

/** A ReLU network with convolutions of all kinds, a residual sum, a concatenation and every pooling; with normalisations where asked for. */
export function deepGraph({ bias, batchNorm = false, seed = 0 }: { readonly bias: boolean; readonly batchNorm?: boolean; readonly seed?: number }): Graph {
  const ofBias = (channels: number, id: string) => (bias ? { bias: weight([channels], `${id} bias`, seed) } : {})
  const scaled = (shape: readonly number[], id: string): Weight => ({ shape, data: normals(shape, id, seed).map((v) => v * Math.sqrt(2 / sizeOf(shape.slice(0, -1)))) })
  const norm = (id: string, from: string, channels: number): GraphNode =>
    batchNorm
      ? { op: 'batch-norm', id, inputs: [from], weights: { scale: { shape: [channels], data: normals([channels], id, seed).map((v) => Math.abs(v) + 0.5) }, ...(bias && { shift: weight([channels], `${id} shift`, seed) }) } }
      : { op: 'identity', id, inputs: [from] }
  return {
    nodes: [
      input(6, 6, 2),
      { op: 'conv2d', id: 'conv1', inputs: ['x'], strides: [1, 1], padding: 'same', weights: { kernel: scaled([3, 3, 2, 4], 'conv1'), ...ofBias(4, 'conv1') } },
      norm('norm1', 'conv1', 4),
      relu('relu1', 'norm1'),
      { op: 'depthwise-conv2d', id: 'depthwise', inputs: ['relu1'], strides: [1, 1], padding: 'same', weights: { kernel: weight([3, 3, 4, 1], 'depthwise', seed), ...ofBias(4, 'depthwise') } },
      norm('norm2', 'depthwise', 4),
      relu('relu2', 'norm2'),
      { op: 'add', id: 'sum', inputs: ['relu1', 'relu2'] },
      { op: 'max-pool', id: 'max', inputs: ['sum'], size: [2, 2], strides: [2, 2], padding: 'valid' },
      { op: 'average-pool', id: 'mean', inputs: ['sum'], size: [2, 2], strides: [2, 2], padding: 'same' },
      { op: 'concat', id: 'both', inputs: ['max', 'mean'] },
      { op: 'conv2d', id: 'conv2', inputs: ['both'], strides: [1, 1], padding: 'valid', weights: { kernel: scaled([2, 2, 8, 6], 'conv2'), ...ofBias(6, 'conv2') } },
      relu('relu3', 'conv2'),
      { op: 'global-average-pool', id: 'pooled', inputs: ['relu3'] },
      dense('hidden', 'pooled', scaled([6, 8], 'hidden'), bias ? weight([8], 'hidden bias', seed) : undefined),
      relu('relu4', 'hidden'),
      dense('out', 'relu4', scaled([8, 3], 'out'), bias ? weight([3], 'out bias', seed) : undefined),
    ],
    output: 'out',
  }
}
