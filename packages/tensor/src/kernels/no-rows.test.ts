import { beforeAll, expect, it } from 'vitest'
import { openEngine, tf } from '../index.js'

beforeAll(() => openEngine())

// A network may be asked for the outputs of no rows: they have its shape all the same.
it.each([
  ['convolution', () => tf.conv2d(tf.zeros<tf.Rank.R4>([0, 5, 5, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 4]), 1, 'valid'), [0, 3, 3, 4]],
  ['convolution with numbers as pads', () => tf.conv2d(tf.zeros<tf.Rank.R4>([0, 5, 5, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 4]), 2, 1), [0, 3, 3, 4]],
  ['depthwise convolution', () => tf.depthwiseConv2d(tf.zeros<tf.Rank.R4>([0, 5, 5, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 2]), 1, 'same'), [0, 5, 5, 4]],
  ['convolution with its bias', () => tf.fused.conv2d({ x: tf.zeros<tf.Rank.R4>([0, 5, 5, 2]), filter: tf.ones<tf.Rank.R4>([3, 3, 2, 4]), strides: 1, pad: 'valid', bias: tf.ones([4]), activation: 'relu' }), [0, 3, 3, 4]],
  ['depthwise convolution with its bias', () => tf.fused.depthwiseConv2d({ x: tf.zeros<tf.Rank.R4>([0, 5, 5, 2]), filter: tf.ones<tf.Rank.R4>([3, 3, 2, 1]), strides: 1, pad: 'valid', bias: tf.ones([2]) }), [0, 3, 3, 2]],
  ['maximum', () => tf.maxPool(tf.zeros<tf.Rank.R4>([0, 4, 4, 2]), 2, 2, 'valid'), [0, 2, 2, 2]],
  ['mean', () => tf.avgPool(tf.zeros<tf.Rank.R4>([0, 4, 4, 2]), 2, 2, 'valid'), [0, 2, 2, 2]],
  ['product', () => tf.matMul(tf.zeros([0, 3]), tf.ones([3, 4])), [0, 4]],
])('a %s of no rows has no rows', async (_name, compute, shape) => {
  const result = compute()
  expect(result.shape).toEqual(shape)
  expect(await result.data()).toHaveLength(0)
  // And a bias can be added.
  expect(tf.add(result, tf.ones([shape.at(-1)!])).shape).toEqual(shape)
})
