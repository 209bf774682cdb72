import { createRandomness } from '@touchstone/core'
import { layers, openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import { withWeights } from './testing/index.js'
import { attributerFromMap, createNetwork, graphOf, inputGradient, mapWeights, modelFromLayers, modelFromNetwork, networkFromLayers, networkOf, tensorMapOf } from './index.js'

beforeAll(async () => {
  await openEngine()
})

const { dense, conv2d, flatten, activation, softmax, dropout, depthwiseConv2d, maxPooling2d, lstm } = layers.layers
const sequential = (...list: layers.layers.Layer[]) => layers.sequential({ layers: list })
const seeded = (seed: number) => layers.initializers.glorotUniform({ seed })
const random = (count: number, purpose = 'x') => Float32Array.from(createRandomness(2, 'network').uniforms(purpose, 0, count))

const ends = {
  'dense with softmax': () => sequential(dense({ inputShape: [4], units: 5, activation: 'relu', kernelInitializer: seeded(1) }), dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) })),
  'an activation layer of softmax': () => sequential(dense({ inputShape: [4], units: 3, kernelInitializer: seeded(1) }), activation({ activation: 'softmax' })),
  'a softmax layer': () => sequential(dense({ inputShape: [4], units: 3, kernelInitializer: seeded(1) }), softmax()),
  'one dense layer with softmax': () => sequential(dense({ inputShape: [4], units: 3, activation: 'softmax', kernelInitializer: seeded(1) })),
  'dropout before the softmax': () => sequential(dense({ inputShape: [4], units: 6, kernelInitializer: seeded(1) }), dropout({ rate: 0.5 }), dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(4) })),
}

describe('a softmax at the end is separated', () => {
  test.each(Object.keys(ends) as (keyof typeof ends)[])('%s: its softmax gives the model again', async (name) => {
    const model = ends[name]()
    const network = await networkFromLayers(model)
    const x = tf.tensor2d(random(8), [2, 4])
    const [logits, expected] = [network.logits(x), model.apply(x) as tf.Tensor]
    const probabilities = await tf.softmax(logits).array()
    ;((await expected.array()) as number[][]).flat().forEach((p, i) => expect(probabilities.flat()[i]).toBeCloseTo(p, 6))
    // They are logits, not probabilities.
    const sums = (await tf.sum(logits, 1).array()) as number[]
    expect(sums.some((sum) => Math.abs(sum - 1) > 1e-3)).toBe(true)
  })

  test('the representation is what the last layer with weights is given', async () => {
    const hidden = dense({ inputShape: [4], units: 5, activation: 'relu', kernelInitializer: seeded(1) })
    const model = await modelFromLayers(sequential(hidden, dropout({ rate: 0.5 }), dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) })))
    const before = tf.memory().numTensors
    const { shape, data } = await model.capabilities.representation!({ shape: [2, 4], data: random(8) })
    expect(tf.memory().numTensors).toBe(before)
    expect(shape).toEqual([2, 5])
    const expected = await (hidden.apply(tf.tensor2d(random(8), [2, 4])) as tf.Tensor).data()
    expected.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 6))
    expect(model.rowsRun()).toBe(2)
  })

  test('a linear end is taken as it is; a sigmoid gives probabilities and no network', async () => {
    const linear = sequential(dense({ inputShape: [4], units: 3 }))
    const x = tf.ones([1, 4])
    expect(await (await networkFromLayers(linear)).logits(x).data()).toEqual(await (linear.apply(x) as tf.Tensor).data())
    const sigmoid = sequential(dense({ inputShape: [4], units: 3, activation: 'sigmoid' }))
    const model = await modelFromLayers(sigmoid)
    expect(model.outputs).toBe('probabilities')
    expect(model.capabilities).toEqual({})
    expect((await model.predict({ shape: [1, 4], data: random(4) })).shape).toEqual([1, 3])
    expect(model.rowsRun()).toBe(1)
    expect(() => networkOf(model)).toThrow('end it with softmax')
    await expect(networkFromLayers(sigmoid)).rejects.toThrow('found one that ends with sigmoid')
  })
})

const hidden = {
  'reshaped after the softmax': () => sequential(dense({ inputShape: [4], units: 3, activation: 'softmax' }), layers.layers.reshape({ targetShape: [3] })),
  'a softmax per position, averaged': () => sequential(conv2d({ inputShape: [4, 4, 1], filters: 3, kernelSize: 3, activation: 'softmax' }), layers.layers.globalAveragePooling2d({})),
  'the mean of two softmaxes': () => {
    const x = layers.input({ shape: [4] })
    const votes = [1, 2].map((seed) => dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(seed) }).apply(x) as layers.SymbolicTensor)
    return layers.model({ inputs: x, outputs: layers.layers.average().apply(votes) as layers.SymbolicTensor })
  },
}

test.each(Object.keys(hidden) as (keyof typeof hidden)[])('probabilities are not taken for logits: %s', async (name) => {
  const model = await modelFromLayers(hidden[name]())
  expect(model.outputs).toBe('probabilities')
  expect(model.capabilities).not.toHaveProperty('network')
})

test.each([
  ['another end', () => sequential(dense({ inputShape: [4], units: 3, activation: 'relu' })), 'expected a classifier that ends with softmax or linear, found "relu"'],
  ['one output', () => sequential(dense({ inputShape: [4], units: 1 })), 'expected at least two classes'],
  ['an output that is no list of classes', () => sequential(conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3 })), 'expected an output of shape [classes], found [2, 2, 2]'],
  ['an input of open shape', () => sequential(conv2d({ inputShape: [null, 4, 1] as never, filters: 2, kernelSize: 3 })), 'expected an input of fixed shape, found [?, 4, 1]'],
  [
    'two inputs',
    () => {
      const [a, b] = [layers.input({ shape: [2] }), layers.input({ shape: [2] })]
      return layers.model({ inputs: [a, b], outputs: layers.layers.add().apply([a, b]) as layers.SymbolicTensor })
    },
    'expected a model of one input and one output, found 2 and 1',
  ],
])('%s is refused', async (_name, build, message) => {
  await expect(modelFromLayers(build())).rejects.toThrow(message)
})

test('weights that are not finite are refused by name', async () => {
  const model = sequential(dense({ inputShape: [2], units: 2, name: 'broken' }))
  model.setWeights([tf.tensor2d([1, Number.NaN, 3, 4], [2, 2]), tf.zeros([2])])
  await expect(modelFromLayers(model)).rejects.toThrow('weight "broken/kernel" holds values that are not finite numbers')
})

const memory = () => lstm({ inputShape: [4, 2], units: 3, recurrentInitializer: 'glorotUniform', name: 'memory' })
const unseen = {
  'dense with softmax': () => sequential(memory(), dense({ units: 2, activation: 'softmax', kernelInitializer: seeded(3), biasInitializer: 'ones' })),
  'a softmax layer': () => sequential(memory(), dense({ units: 2 }), softmax()),
  'an activation layer of softmax': () => sequential(memory(), dense({ units: 2, useBias: false }), activation({ activation: 'softmax' })),
}

test.each(Object.keys(unseen) as (keyof typeof unseen)[])('a layer that no network can have leaves a model that gives logits and says why it does no more: %s', async (name) => {
  const before = tf.memory().numTensors
  const layersModel = unseen[name]()
  const model = await modelFromLayers(layersModel, { dispose: true })
  expect(model).toMatchObject({ inputShape: [4, 2], classCount: 2, outputs: 'logits' })
  const { data } = await model.predict({ shape: [1, 4, 2], data: random(8) })
  const expected = tf.tidy(() => (layersModel.apply(tf.tensor(random(8), [1, 4, 2])) as tf.Tensor).dataSync())
  expect(1 / (1 + Math.exp(data[1]! - data[0]!))).toBeCloseTo(expected[0]!, 6)
  expect(data[0]! + data[1]!).not.toBeCloseTo(1, 6)
  expect(model.rowsRun()).toBe(1)
  expect(() => networkOf(model)).toThrow('this method needs the layers of the model, but layer "memory" (LSTM) is not supported')
  expect((await modelFromLayers(layersModel)).fingerprint).toBe(model.fingerprint)
  await model.dispose!()
  expect(tf.memory().numTensors).toBe(before)
})

test('of an end that is not understood either, outputs count as probabilities', async () => {
  const model = await modelFromLayers(sequential(memory(), dense({ units: 2, activation: 'sigmoid' })))
  expect(model.outputs).toBe('probabilities')
  expect((await model.predict({ shape: [1, 4, 2], data: random(8) })).data.every((p) => p > 0 && p < 1)).toBe(true)
})

test('the fingerprint follows the weights and the layers, not their names', async () => {
  const build = (name: string, units: number) => sequential(dense({ inputShape: [2], units, name, kernelInitializer: 'ones' }), dense({ units: 2, kernelInitializer: 'ones' }))
  const print = async (model: layers.LayersModel) => (await modelFromLayers(model)).fingerprint
  const reference = await print(build('a', 3))
  expect(await print(build('b', 3))).toBe(reference)
  expect(await print(build('a', 4))).not.toBe(reference)
  const other = build('c', 3)
  other.setWeights(other.getWeights().map((weight, index) => (index === 0 ? tf.mul(weight, 2) : weight)))
  expect(await print(other)).not.toBe(reference)
})

test('MFLOP count multiplications and additions of dense layers and convolutions', async () => {
  const model = sequential(conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3 }), maxPooling2d({ poolSize: 2 }), depthwiseConv2d({ kernelSize: 3 }), flatten(), dense({ units: 10 }))
  // 26 x 26 positions of 3x3x1x16, 11 x 11 of 3x3x16, and 11 x 11 x 16 x 10 weights.
  expect((await modelFromLayers(model)).mflopPerRow).toBeCloseTo((2 * (26 * 26 * 144 + 11 * 11 * 144 + 19360)) / 1e6, 9)
})

test('a stepped map is the same sum by both of its faces, and rows are counted', async () => {
  const model = modelFromNetwork(await networkFromLayers(sequential(dense({ inputShape: [3], units: 4, activation: 'relu', kernelInitializer: seeded(5) }), dense({ units: 2, kernelInitializer: seeded(6) }))))
  const network = networkOf(model)
  const stepped = {
    count: 3,
    step: (net: typeof network, x: tf.Tensor, targets: readonly number[], index: number) => inputGradient(net, tf.add(x, index), targets),
    finish: (x: tf.Tensor, sum: tf.Tensor) => tf.mul(x, sum),
  }
  const data = random(6)
  const before = model.rowsRun()
  const maps = await attributerFromMap(stepped).attribute({ model, inputs: { shape: [2, 3], data }, targets: [0, 1], randomness: [], batchRows: 1 })
  expect(model.rowsRun() - before).toBe(6)
  const direct = await tensorMapOf(stepped)(network, tf.tensor(data, [2, 3]), [0, 1]).data()
  maps.data.forEach((value, i) => expect(value).toBeCloseTo(direct[i]!, 6))
})

test('a model that takes its LayersModel along leaves nothing behind when it is disposed of', async () => {
  const before = tf.memory().numTensors
  const model = await modelFromLayers(ends['dense with softmax'](), { dispose: true })
  await model.predict({ shape: [1, 4], data: random(4) })
  await model.dispose!()
  expect(tf.memory().numTensors).toBe(before)
})

describe('saved as a LayersModel with the weights of a network', () => {
  const build = () => sequential(conv2d({ inputShape: [6, 6, 1], filters: 3, kernelSize: 3, activation: 'relu', kernelInitializer: seeded(1) }), flatten(), dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) }))

  test('what is loaded again is the network', async () => {
    const model = await modelFromLayers(build(), { dispose: true })
    const network = createNetwork(mapWeights(graphOf(networkOf(model)), ({ shape, data }, index) => ({ shape, data: data.map((value) => value * (index + 2) + 0.1) })))
    const loaded = await layers.loadLayersModel(tf.io.fromMemory(await model.capabilities.layersArtifacts!(network)))
    const x = tf.tensor(random(72), [2, 6, 6, 1])
    const expected = await tf.softmax(network.logits(x)).data()
    ;(await (loaded.predict(x) as tf.Tensor).data()).forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 6))
  })

  test('a normalisation too, with averages of its own', async () => {
    const normalised = () => withWeights(sequential(dense({ inputShape: [4], units: 3 }), layers.layers.batchNormalization(), softmax()))
    const model = await modelFromLayers(normalised())
    const [loaded, whole] = [await layers.loadLayersModel(tf.io.fromMemory(await model.capabilities.layersArtifacts!(networkOf(model)))), normalised()]
    loaded.getWeights().forEach((weight, i) => expect(weight.dataSync()).toEqual(whole.getWeights()[i]!.dataSync()))
    // Where only scale and shift are known, or where they went into the layer before, there is nothing to save.
    const unknown = createNetwork(mapWeights(graphOf(networkOf(model)), (weight) => weight))
    await expect(model.capabilities.layersArtifacts!(unknown)).rejects.toThrow(/weight ".*gamma" of the model is none of its network by itself/)
    const folded = await modelFromLayers(normalised(), { foldBatchNorm: true })
    await expect(folded.capabilities.layersArtifacts!(networkOf(folded))).rejects.toThrow('load it without foldBatchNorm')
  })
})
