import { layers, openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import { createNetwork, graphFromLayers, inputGradient, networkFromLayers, targetLogitSum, targetSeed } from '../index.js'
import { expectClose, sequential, slopeAlong, tensor, withWeights } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

const L = layers.layers
const image = [8, 8, 2]
const flat = [6]
const end = () => [L.flatten(), L.dense({ units: 3 })]
const conv = (options: object) => sequential(L.conv2d({ inputShape: image, filters: 4, kernelSize: 3, ...options }), ...end())
const onImage = (...list: layers.layers.Layer[]) => sequential(L.inputLayer({ inputShape: image }), ...list, ...end())
const onVector = (...list: layers.layers.Layer[]) => sequential(L.inputLayer({ inputShape: flat }), ...list, L.dense({ units: 3 }))
const onSignal = (...list: layers.layers.Layer[]) => sequential(L.inputLayer({ inputShape: [12, 3] }), ...list, L.dense({ units: 3 }))
const functional = (shape: number[], build: (x: layers.SymbolicTensor) => layers.SymbolicTensor) => {
  const x = layers.input({ shape })
  return withWeights(layers.model({ inputs: x, outputs: build(x) }))
}
const apply = (layer: layers.layers.Layer, ...inputs: layers.SymbolicTensor[]) => layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as layers.SymbolicTensor
const activationModels = Object.fromEntries(
  (['elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softplus', 'softsign', 'tanh', 'swish', 'softmax', 'gelu', 'gelu_new', 'mish'] as const).map((name) => [
    `activation ${name}`,
    () => onVector(L.dense({ units: 7, activation: name }), L.activation({ activation: name })),
  ]),
)

const models: Record<string, () => layers.LayersModel> = {
  dense: () => onVector(L.dense({ units: 5, activation: 'tanh' }), L.dense({ units: 4, useBias: false })),
  'dense on images': () => onImage(L.dense({ units: 5, activation: 'tanh' })),
  'conv2d valid': () => conv({ activation: 'tanh' }),
  'conv2d same, strides': () => conv({ padding: 'same', strides: 2, useBias: false }),
  'conv2d same, strides of two kinds': () => conv({ padding: 'same', kernelSize: [2, 3], strides: [3, 2] }),
  'depthwise conv2d': () => onImage(L.depthwiseConv2d({ kernelSize: 3, activation: 'tanh' })),
  'depthwise conv2d, multiplier, strides': () => onImage(L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same' })),
  'separable conv2d': () => onImage(L.separableConv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'sigmoid' })),
  'batch normalisation': () => onImage(L.conv2d({ filters: 3, kernelSize: 3 }), L.batchNormalization(), L.activation({ activation: 'tanh' })),
  'batch normalisation without scale': () => onImage(L.batchNormalization({ scale: false }), L.batchNormalization({ center: false })),
  'layer normalisation': () => onImage(L.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh' }), L.layerNormalization({ epsilon: 0.1 })),
  'standardised images': () => onImage(L.layerNormalization({ axis: [1, 2, 3], center: false, scale: false, epsilon: 1e-6 }), L.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh' }), L.layerNormalization({ axis: [2, 3], epsilon: 0.1 })),
  'max pooling': () => onImage(L.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'average pooling': () => onImage(L.averagePooling2d({ poolSize: 2 })),
  'average pooling that overlaps': () => onImage(L.averagePooling2d({ poolSize: 3, strides: 2 })),
  'average pooling, padded': () => onImage(L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'global average pooling': () => sequential(L.conv2d({ inputShape: image, filters: 4, kernelSize: 3 }), L.globalAveragePooling2d({}), L.dense({ units: 3 })),
  'global max pooling': () => sequential(L.conv2d({ inputShape: image, filters: 4, kernelSize: 3 }), L.globalMaxPooling2d({}), L.dense({ units: 3 })),
  'zero padding': () => onImage(L.zeroPadding2d({ padding: [[1, 2], [0, 3]] }), L.conv2d({ filters: 2, kernelSize: 3 })),
  reshape: () => onImage(L.reshape({ targetShape: [4, 4, 8] }), L.conv2d({ filters: 2, kernelSize: 3 })),
  'cropping': () => onImage(L.cropping2D({ cropping: [[1, 2], [0, 3]] }), L.conv2d({ filters: 2, kernelSize: 3 })),
  'upsampling, nearest': () => onImage(L.upSampling2d({ size: [2, 3] }), L.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh' })),
  'upsampling, bilinear': () => onImage(L.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }), L.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh' })),
  permute: () => onImage(L.permute({ dims: [3, 1, 2] }), L.conv2d({ filters: 3, kernelSize: [1, 3], activation: 'tanh' })),
  'prelu of channels': () => onImage(L.conv2d({ filters: 3, kernelSize: 3 }), L.prelu({ sharedAxes: [1, 2] })),
  'prelu of values, and a threshold': () => onVector(L.dense({ units: 5 }), L.prelu(), L.dense({ units: 5 }), L.thresholdedReLU({ theta: 0.1 })),
  'conv1d and pooling': () =>
    onSignal(L.conv1d({ filters: 4, kernelSize: 3, activation: 'tanh' }), L.maxPooling1d({ poolSize: 2 }), L.conv1d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same' }), L.flatten()),
  'conv1d and average pooling': () => onSignal(L.conv1d({ filters: 4, kernelSize: 3, padding: 'same' }), L.averagePooling1d({ poolSize: 3, strides: 2 }), L.globalAveragePooling1d({})),
  'average pooling of signals, padded': () => onSignal(L.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }), L.flatten()),
  'conv1d and global maximum': () => onSignal(L.conv1d({ filters: 4, kernelSize: 3, padding: 'same' }), L.globalMaxPooling1d({})),
  'average, maximum, minimum': () =>
    functional(flat, (x) => {
      const [a, b, c] = ['tanh', 'sigmoid', 'elu'].map((activation) => apply(L.dense({ units: 4, activation: activation as 'tanh' }), x)) as [layers.SymbolicTensor, layers.SymbolicTensor, layers.SymbolicTensor]
      return apply(L.dense({ units: 3 }), apply(L.concatenate(), apply(L.average(), a, b, c), apply(L.maximum(), a, b, c), apply(L.minimum(), a, b)))
    }),
  dropout: () => onVector(L.dropout({ rate: 0.5 }), L.gaussianNoise({ stddev: 1 })),
  'relu layers': () => onVector(L.dense({ units: 5 }), L.reLU({ maxValue: 0.3 }), L.dense({ units: 5 }), L.leakyReLU({ alpha: 0.2 }), L.dense({ units: 5 }), L.elu()),
  'softmax inside': () => onVector(L.dense({ units: 5, activation: 'softmax' })),
  ...activationModels,
  'add, multiply, concat': () =>
    functional(flat, (x) => {
      const [a, b] = [apply(L.dense({ units: 4, activation: 'tanh' }), x), apply(L.dense({ units: 4, activation: 'sigmoid' }), x)]
      return apply(L.dense({ units: 3 }), apply(L.concatenate(), apply(L.add(), a, b, a), apply(L.multiply(), a, b), x))
    }),
  'concat of channels': () =>
    functional(image, (x) => apply(L.dense({ units: 3 }), apply(L.flatten(), apply(L.concatenate({ axis: 1 }), x, apply(L.activation({ activation: 'tanh' }), x))))),
  'a layer used twice': () =>
    functional(flat, (x) => {
      const shared = L.dense({ units: 6, activation: 'tanh' })
      return apply(L.dense({ units: 3 }), apply(shared, apply(shared, x)))
    }),
  'a model inside a model, used twice': () => {
    const inner = sequential(L.dense({ inputShape: flat, units: 6, activation: 'tanh' }), L.dense({ units: 6 }))
    return functional(flat, (x) => apply(L.dense({ units: 3 }), apply(L.add(), apply(inner, x), apply(inner, apply(L.activation({ activation: 'sigmoid' }), x)))))
  },
  'a sequential of models': () =>
    sequential(sequential(L.dense({ inputShape: flat, units: 5, activation: 'tanh' })), functional([5], (x) => apply(L.dense({ units: 4 }), x)), L.dense({ units: 3 })),
}

describe.each(Object.keys(models))('%s', (name) => {
  test('the network computes what the model does, and its gradient is that of tf.grad on the model', async () => {
    const model = models[name]!()
    const network = await networkFromLayers(model)
    const x = tensor([3, ...network.inputShape])
    const targets = [0, 1, 2]
    await expectClose(network.logits(x), model.apply(x) as tf.Tensor)
    const expected = tf.tidy(() => tf.grad((input: tf.Tensor) => tf.sum(tf.mul(model.apply(input) as tf.Tensor, targetSeed(network, targets, 3))))(x))
    await expectClose(inputGradient(network, x, targets), expected, 2e-5)
  })
})

const read = ['layer normalisation', 'cropping', 'upsampling, nearest', 'upsampling, bilinear', 'permute', 'conv1d and pooling', 'conv1d and average pooling', 'average, maximum, minimum', 'prelu of channels', 'activation gelu', 'activation gelu_new', 'activation mish']

test.each(read)('%s: outputs and gradient are those of the cpu backend, and both derivatives those of finite differences', async (name) => {
  const model = models[name]!()
  const network = await networkFromLayers(model)
  const [x, direction] = [tensor([3, ...network.inputShape]), tensor([3, ...network.inputShape], 'direction')]
  const targets = [0, 1, 2]
  const along = (gradient: tf.Tensor) => tf.tidy(() => (tf.sum(tf.mul(gradient, direction)).dataSync() as Float32Array)[0]!)
  const gradient = inputGradient(network, x, targets)

  const [outputs, numbers, seed] = [await network.logits(x).data(), await x.data(), await targetSeed(network, targets, 3).data()]
  const engine = tf.getBackend()
  await tf.setBackend('cpu')
  try {
    // Its resizing mixes up the rows of a batch, so they go one by one.
    for (const row of [0, 1, 2]) {
      const size = numbers.length / 3
      const one = tf.tensor(numbers.slice(row * size, (row + 1) * size), [1, ...network.inputShape])
      await expectClose(model.apply(one) as tf.Tensor, tf.tensor(outputs.slice(row * 3, row * 3 + 3), [1, 3]))
      const expected = tf.grad((input: tf.Tensor) => tf.sum(tf.mul(model.apply(input) as tf.Tensor, tf.tensor(seed.slice(row * 3, row * 3 + 3), [1, 3]))))(one)
      await expectClose(tf.slice(gradient, [row, ...network.inputShape.map(() => 0)], [1, ...network.inputShape]), expected, 2e-5)
    }
  } finally {
    await tf.setBackend(engine)
  }

  const first = await slopeAlong((at) => targetLogitSum(network, at, targets), x, direction, 4e-3)
  expect(Math.abs(along(gradient) - first)).toBeLessThan(2e-3 * Math.max(1, Math.abs(first)))
  const penalty = (at: tf.Tensor) => tf.sum(tf.square(inputGradient(network, at, targets)))
  const second = await slopeAlong(penalty, x, direction, 4e-3)
  expect(Math.abs(along(tf.grad(penalty)(x)) - second)).toBeLessThan(1e-2 * Math.max(1, Math.abs(second)))
})

test('dilated convolution, whose gradient tfjs refuses, is that of the model and of finite differences', async () => {
  const model = conv({ dilationRate: 2, activation: 'tanh' })
  const network = await networkFromLayers(model)
  const x = tensor([2, ...image])
  await expectClose(network.logits(x), model.apply(x) as tf.Tensor)
  const gradient = await inputGradient(network, x, [0, 1]).array()
  const direction = tensor(x.shape, 'direction')
  const along = await tf.sum(tf.mul(tf.tensor(gradient), direction)).data()
  const above = await tf.sum(tf.mul(network.logits(tf.add(x, tf.mul(direction, 1e-2))), targetSeed(network, [0, 1], 2))).data()
  const below = await tf.sum(tf.mul(network.logits(tf.sub(x, tf.mul(direction, 1e-2))), targetSeed(network, [0, 1], 2))).data()
  expect(along[0]).toBeCloseTo((above[0]! - below[0]!) / 2e-2, 2)
})

test('layers that are used twice hold one weight, which is named once', async () => {
  const network = await networkFromLayers(models['a layer used twice']!())
  expect(network.graph.places.filter(({ node }) => node.op === 'dense')).toHaveLength(3)
  expect(network.weights).toHaveLength(4)
  expect(network.graph.places.map(({ node }) => node.id).filter((id) => id.endsWith(':2'))).toHaveLength(1)
})

test('several inputs', async () => {
  const [a, b] = [layers.input({ shape: [2] }), layers.input({ shape: [3] })]
  const model = withWeights(layers.model({ inputs: [a, b], outputs: apply(L.dense({ units: 2 }), apply(L.concatenate(), a, b)) }))
  const network = createNetwork(await graphFromLayers(model))
  expect(network.inputShapes).toEqual([[2], [3]])
  const inputs = [tensor([4, 2]), tensor([4, 3])]
  await expectClose(network.logits(inputs), model.apply(inputs) as tf.Tensor)
})

test.each<[string, () => layers.LayersModel, string]>([
  ['a layer normalisation along other axes', () => sequential(L.layerNormalization({ inputShape: [4, 2], axis: 1, name: 'rows' }), L.flatten(), L.dense({ units: 2 })), 'layer "rows" (LayerNormalization) normalises along the axes 1, not along the last ones'],
  ['an unknown layer', () => sequential(L.lstm({ inputShape: [4, 2], units: 3, recurrentInitializer: 'glorotUniform', name: 'memory' }), L.dense({ units: 2 })), 'layer "memory" (LSTM) is not supported'],
  ['an unknown activation', () => onVector(L.dense({ units: 2, activation: 'logSoftmax' as 'softmax', name: 'odd' })), 'layer "odd" (Dense) has the activation "logSoftmax"'],
  ['channels first', () => sequential(L.maxPooling2d({ inputShape: [2, 4, 4], poolSize: 2, dataFormat: 'channelsFirst', name: 'pool' }), ...end()), 'layer "pool" (MaxPooling2D) has channels first'],
  ['normalisation of rows', () => onImage(L.batchNormalization({ axis: 1, name: 'norm' })), 'layer "norm" (BatchNormalization) normalises along axis 1'],
])('%s is named, with what would work', async (_name, build, message) => {
  const error = await networkFromLayers(build()).catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ name: 'UserError' })
  expect((error as Error).message).toContain(message)
  expect((error as Error).message).toContain('methods that ask for outputs alone would work, such as occlusion')
})
