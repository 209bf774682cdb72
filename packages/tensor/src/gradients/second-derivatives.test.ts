import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine, tf } from '../index.js'
import { expectClose, use, expectNoLeak } from '../testing/checks.js'
import { randomValues, toTensor } from '../testing/values.js'

/*
 * Gradients of gradients. For a function f, the derivative of its gradient along a direction v, computed by nesting `tf.grad`, is compared with
 * central differences of the first gradient.
 */

type Images = tf.Tensor4D
type Operation = (x: Images) => tf.Tensor

const fixed = (shape: number[], seed = 5) => toTensor(randomValues(shape, seed))
const flat = (x: tf.Tensor) => tf.reshape<tf.Rank.R2>(x, [-1, x.shape.at(-1)!])

/** On images [2, 6, 6, 4]. */
const operations: Record<string, Operation> = {
  'sigmoid': (x) => tf.sigmoid(x),
  'tanh': (x) => tf.tanh(x),
  'exp': (x) => tf.exp(x),
  'swish, with two ways from x to the result': (x) => tf.mul(x, tf.sigmoid(x)),
  'elu': (x) => tf.elu(x),
  'selu': (x) => tf.selu(x),
  'softplus': (x) => tf.softplus(x),
  'leaky relu': (x) => tf.leakyRelu(x, 0.1),
  'prelu': (x) => tf.prelu(x, tf.fill([1, 1, 1, 4], 0.2)),
  'relu6': (x) => tf.relu6(tf.mul(x, 8)),
  'relu': (x) => tf.relu(x),
  'clip': (x) => tf.clipByValue(x, -0.5, 0.5),
  'softmax': (x) => tf.softmax(x),
  'log of softmax': (x) => tf.log(tf.softmax(x)),
  'log softmax': (x) => tf.logSoftmax(x),
  'log sigmoid': (x) => tf.logSigmoid(x),
  'log sum exp': (x) => tf.logSumExp(x, 3),
  'softmax cross-entropy': (x) => tf.losses.softmaxCrossEntropy<tf.Tensor2D, tf.Tensor>(tf.softmax(flat(fixed([72, 4]))), flat(x)),
  'softmax cross-entropy, smoothed': (x) => tf.losses.softmaxCrossEntropy<tf.Tensor2D, tf.Tensor>(tf.softmax(flat(fixed([72, 4]))), flat(x), 0.5, 0.1, tf.Reduction.SUM),
  'max': (x) => tf.max(x, 3),
  'min': (x) => tf.min(x, [1, 2]),
  'abs, square root, power': (x) => tf.pow(tf.sqrt(tf.add(tf.abs(x), 1)), 3),
  'norm': (x) => tf.norm(x),
  'mean over rows': (x) => tf.mean(x, 0),
  'where': (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, 3)),
  'maximum': (x) => tf.maximum(x, tf.square(x)),
  'gather': (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 3),
  'gather by coordinates': (x) => tf.gatherND(x, tf.tensor2d([[0, 1, 2, 3], [1, 5, 5, 0], [1, 5, 5, 0]], [3, 4], 'int32')),
  'running sum along the last axis': (x) => tf.cumsum(x, 3),
  'running sum along another axis': (x) => tf.cumsum(x, 1, true, true),
  'strided slice': (x) => tf.stridedSlice(x, [0, 1, 0, 0], [2, 6, 5, 4], [1, 2, 3, 1]),
  'strided slice backwards': (x) => tf.stridedSlice(x, [0, -1, 5, 0], [2, 0, 0, 4], [1, -2, -3, 1]),
  'strided slice of one line': (x) => tf.stridedSlice(x, [0, 2], [2, 3], [1, 1], 0, 0, 0, 0, 2),
  'depth to space': (x) => tf.depthToSpace(x, 2, 'NHWC'),
  'flip': (x) => tf.image.flipLeftRight(x),
  'dense layer': (x) => tf.softplus(tf.matMul(flat(x), tf.reshape(fixed([4, 5]), [4, 5]))),
  'convolution': (x) => tf.conv2d(x, fixed([3, 3, 4, 3]), 1, 'same'),
  'convolution with strides': (x) => tf.conv2d(x, fixed([3, 3, 4, 3]), 2, 'same'),
  'filter as a function of the image': (x) => tf.conv2d(fixed([1, 8, 8, 2]), tf.reshape(x, [6, 6, 2, 4]), 1, 'valid'),
  'fused convolution': (x) => tf.fused.conv2d({ x, filter: fixed([3, 3, 4, 3]), strides: 1, pad: 'same', bias: fixed([3]) }),
  'depthwise convolution': (x) => tf.depthwiseConv2d(x, fixed([3, 3, 4, 1]), 1, 'same'),
  'depthwise convolution with strides and two outputs': (x) => tf.depthwiseConv2d(x, fixed([3, 3, 4, 2]), 2, 'valid'),
  'depthwise filter as a function of the image': (x) => tf.depthwiseConv2d(tf.softplus(x), tf.reshape(tf.slice(x, [0, 0, 0, 0], [1, 3, 3, 4]), [3, 3, 4, 1]), 1, 'same'),
  'transposed convolution': (x) => tf.conv2dTranspose(x, fixed([3, 3, 2, 4]), [2, 12, 12, 2], 2, 'same'),
  'average pooling': (x) => tf.avgPool(x, 2, 2, 'valid'),
  'average pooling, padded': (x) => tf.avgPool(x, 3, 2, 'same'),
  'max-pooling': (x) => tf.maxPool(x, 2, 2, 'valid'),
  'max-pooling, padded and overlapping': (x) => tf.maxPool(x, 3, 2, 'same'),
  'batch normalisation': (x) => tf.batchNorm(x, [0.1, 0.2, 0.3, 0], [1, 2, 3, 1], [0.1, 0.2, 0.3, 0], [1, 1.1, 1.2, 1]),
  'response normalisation': (x) => tf.localResponseNormalization(x, 1, 1, 0.5, 0.75),
  'resizing bilinearly': (x) => tf.image.resizeBilinear(x, [9, 5]),
  'resizing bilinearly with aligned corners': (x) => tf.image.resizeBilinear(x, [9, 5], true),
  'mirrored padding': (x) => tf.mirrorPad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'reflect'),
  'dropout': (x) => tf.dropout(x, 0.3, undefined, 1),
}

/** A scalar, curved in every value of the operation's result. */
const score = (operation: Operation) => (x: tf.Tensor) => {
  const result = tf.add(operation(x as Images), 0)
  return tf.sum(tf.mul(tf.add(tf.square(result), result), fixed(result.shape.length === 0 ? [1] : result.shape, 8)))
}

// Values that stand well apart, so that no kink lies within a step.
const count = 2 * 6 * 6 * 4
const apart = Float32Array.from({ length: count }, (_, i) => (i * 83 % count - count / 2 + 0.5) / count * 2)
const direction = randomValues([2, 6, 6, 4], 9).data
const step = 2 ** -10

beforeAll(() => openEngine())

describe.each(['engine', 'cpu'] as const)('on %s, the gradient of the gradient of', (computer) => {
  it.each(Object.entries(operations))('%s', async (_, operation) => {
    await use(computer)
    const { exact, differences } = tf.tidy(() => {
      const v = tf.tensor4d(direction, [2, 6, 6, 4])
      const first = tf.grad(score(operation))
      const at = (offset: number) => first(tf.tensor4d(apart.map((value, i) => value + offset * direction[i]!), [2, 6, 6, 4])).dataSync()
      const exact = tf.grad((x) => tf.sum(tf.mul(first(x), v)))(tf.tensor4d(apart, [2, 6, 6, 4])).dataSync()
      const [above, below] = [at(step), at(-step)]
      return { exact, differences: Float32Array.from(above, (value, i) => (value - below[i]!) / (2 * step)) }
    })
    await use('engine')
    expect(differences.some((value) => value !== 0)).toBe(true)
    const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expectClose(Float32Array.from(exact, (value) => value / largest), differences.map((value) => value / largest), 5e-3)
  })
})

it('agrees between the backends where finite differences cannot tell: resizing to the nearest pixel', async () => {
  const compute = (x: Images) => tf.grad((at) => tf.sum(tf.square(tf.grad(score((y) => tf.image.resizeNearestNeighbor(y, [9, 4])))(at))))(x)
  const one = tf.tidy(() => compute(tf.tensor4d(apart.subarray(0, 144), [1, 6, 6, 4])).dataSync())
  await use('cpu')
  const other = tf.tidy(() => compute(tf.tensor4d(apart.subarray(0, 144), [1, 6, 6, 4])).dataSync())
  await use('engine')
  expectClose(one, other)
})

it('leaves nothing behind', async () => {
  for (const name of ['sigmoid', 'log softmax', 'max-pooling', 'strided slice', 'softmax cross-entropy', 'depthwise convolution']) {
    const nested = (x: Images) => tf.grad((at) => tf.sum(tf.square(tf.grad(score(operations[name]!))(at))))(x)
    await expectNoLeak([randomValues([2, 6, 6, 4])], (x) => nested(x))
  }
})
