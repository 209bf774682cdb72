import { createRandomness, sizeOf } from '@touchstone/core'
import type { Graph, GraphNode, Weight } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

export const normals = (shape: readonly number[], purpose: string, seed = 0): Float32Array => Float32Array.from(createRandomness(seed, 'lrp').normals(purpose, 0, sizeOf(shape)))
export const weight = (shape: readonly number[], purpose: string, seed = 0): Weight => ({ shape, data: normals(shape, purpose, seed) })
export const tensor = (shape: readonly number[], purpose: string, seed = 0): tf.Tensor => tf.tensor(normals(shape, purpose, seed), [...shape])
export const matrix = (kernel: readonly (readonly number[])[]): Weight => ({ shape: [kernel.length, kernel[0]!.length], data: Float32Array.from(kernel.flat()) })
export const vector = (values: readonly number[]): Weight => ({ shape: [values.length], data: Float32Array.from(values) })

export const input = (...shape: number[]): GraphNode => ({ op: 'input', id: 'x', inputs: [], shape })
export const relu = (id: string, from: string): GraphNode => ({ op: 'activation', name: 'relu', id, inputs: [from] })
export const dense = (id: string, from: string, kernel: Weight, bias?: Weight): GraphNode => ({ op: 'dense', id, inputs: [from], weights: { kernel, ...(bias && { bias }) } })

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

export const read = (t: tf.Tensor): number[] => [...(t.dataSync() as Float32Array)]

/** The largest difference, relative to the largest of the expected values. */
export function distance(actual: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(1e-6, ...expected.map(Math.abs))
  return actual.length === expected.length ? Math.max(...expected.map((v, i) => Math.abs(v - actual[i]!))) / largest : Infinity
}

export const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
