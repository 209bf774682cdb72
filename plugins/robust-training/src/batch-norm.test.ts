import { stackRows, type Model, type TrainingContext } from '@touchstone/core'
import { createNetwork, graphOf, modelFromLayers, networkOf, surrogate, weightGradients } from '@touchstone/network'
import { layers, openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import { crossEntropyGradient } from './loss.js'
import { attackedOf, learnByBatch, modesOf } from './modes.js'
import { igNormObjective, lossOf } from './objectives.js'
import { patterns, trainToy, weightsOf } from './toys.test.data.js'

const L = layers.layers
const initial = (seed: number) => ({ kernelInitializer: layers.initializers.glorotUniform({ seed }) })

/** Two normalisations, one of images and one of features, whose averages move by different shares. */
const build = (): layers.LayersModel =>
  layers.sequential({
    layers: [
      L.conv2d({ inputShape: [8, 8, 2], filters: 4, kernelSize: 3, useBias: false, ...initial(1) }),
      L.batchNormalization({ momentum: 0.9 }),
      L.activation({ activation: 'relu' }),
      L.averagePooling2d({ poolSize: 2 }),
      L.flatten(),
      L.dense({ units: 6, ...initial(2) }),
      L.batchNormalization({ momentum: 0.5, epsilon: 0.01 }),
      L.activation({ activation: 'softplus' }),
      L.dense({ units: 3, activation: 'softmax', ...initial(3) }),
    ],
  })

let model: Model
beforeAll(async () => {
  await openEngine()
  model = await modelFromLayers(build())
})

/** The variables of what is saved, in the order of the model. */
async function savedBy(trained: Model): Promise<readonly tf.Tensor[]> {
  const loaded = await layers.loadLayersModel(tf.io.fromMemory(await model.capabilities.layersArtifacts!(networkOf(trained))))
  return loaded.weights.map((variable) => variable.read())
}

test('weights and moving averages go where those of TensorFlow.js go', async () => {
  const data = patterns(30)
  const examples = await Promise.all(Array.from({ length: 30 }, (_, i) => data.example(i)))
  const theirs = build()
  theirs.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' })
  const { shape, data: values } = stackRows(examples.map(({ input }) => input), [8, 8, 2])
  const [x, y] = [tf.tensor(values, [...shape]), tf.oneHot(tf.tensor1d(examples.map(({ label }) => label!), 'int32'), 3)]
  for (let step = 0; step < 5; step++) await theirs.trainOnBatch(x, y)
  const start = await savedBy(model)
  const ours = await savedBy(await trainToy('natural', { steps: 5, batch: 30, heldOut: 0, optimizer: 'sgd', momentum: 0, learningRate: 0.1 }, { model, dataset: data }))
  expect(ours).toHaveLength(13)
  ours.forEach((tensor, i) => {
    const expected = theirs.weights[i]!.read().dataSync<'float32'>()
    tensor.dataSync<'float32'>().forEach((value, j) => expect(value, theirs.weights[i]!.originalName).toBeCloseTo(expected[j]!, 4))
    // Each of them has moved.
    expect(tensor.dataSync()).not.toEqual(start[i]!.dataSync())
  })
})

const small = { steps: 8, batch: 10, heldOut: 30, lookEvery: 4, learningRate: 0.01 }
const attacks = { epsilon: 0.1, attackSteps: 3, attackStep: 0.05 }

describe.each<[string, object]>([['natural', small], ['pgd', { ...small, ...attacks }], ['ig-sum-norm', { ...small, ...attacks, optimizer: 'sgd', learningRate: 1e-3, points: 4, attackPoints: 2 }]])('%s', (use, options) => {
  test('stopped and gone on with, weights and averages are those of the training that was not; no tensor stays behind', async () => {
    const tensors = tf.memory().numTensors
    const whole = await trainToy(use, options, { model })
    const expected = await weightsOf(whole)
    const stop = new AbortController()
    let kept: Uint8Array | undefined
    const onCheckpoint: NonNullable<TrainingContext['onCheckpoint']> = (state) => ((kept = state), Promise.resolve())
    await expect(trainToy(use, options, { model, signal: stop.signal, onCheckpoint, onProgress: ({ step }) => step === 3 && stop.abort(new Error('enough')) })).rejects.toThrow('enough')
    const rest = await trainToy(use, options, { model, resume: kept! })
    expect(await weightsOf(rest)).toEqual(expected)
    expect(rest.fingerprint).toBe(whole.fingerprint)
    await Promise.all([rest.dispose!(), whole.dispose!()])
    expect(tf.memory().numTensors).toBe(tensors)
  })
})

test('an attack walks on the same function without normalisations', async () => {
  const trained = await trainToy('natural', small, { model })
  const modes = modesOf(networkOf(trained))
  const attacked = await attackedOf(modes, modes.evaluated)
  expect(attacked.graph.places.map(({ node }) => node.op).filter((op) => op === 'standardise' || op === 'affine' || op === 'batch-norm')).toEqual([])
  const x = tf.randomUniform([4, 8, 8, 2], 0, 1, 'float32', 1)
  const [expected, found] = [modes.evaluated, attacked].map((network) => crossEntropyGradient(network, x, [0, 1, 2, 0]).dataSync<'float32'>())
  const largest = Math.max(...expected!.map(Math.abs))
  found!.forEach((value, i) => expect(Math.abs(value - expected![i]!)).toBeLessThan(1e-5 * largest))
  attacked.dispose()
  modes.dispose()
})

test('statistics are of the whole batch, however few rows go through at once', async () => {
  const at = async (batchRows: number) => weightsOf(await trainToy('pgd', { ...small, ...attacks }, { model, batchRows }))
  expect(await at(3)).toEqual(await at(64))
})

test('what is trained predicts by its moving averages, each row for itself, and saved and loaded it does the same', async () => {
  const trained = await trainToy('natural', small, { model })
  const [first, second] = [await patterns(3).example(0), await patterns(3).example(1)]
  const both = await trained.predict(stackRows([first.input, second.input], [8, 8, 2]))
  const alone = await trained.predict(stackRows([second.input], [8, 8, 2]))
  expect(both.data.slice(3)).toEqual(alone.data)
  const again = await modelFromLayers(await layers.loadLayersModel(tf.io.fromMemory(await model.capabilities.layersArtifacts!(networkOf(trained)))))
  expect(again.fingerprint).toBe(trained.fingerprint)
  expect((await again.predict(stackRows([second.input], [8, 8, 2]))).data).toEqual(alone.data)
})

describe('gradients by finite differences', () => {
  const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed)
  const slope = (f: (h: number) => number, h: number) => (f(h) - f(-h)) / (2 * h)
  const sumOf = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync<'float32'>()[0]!
  const labels = [0, 2, 1]

  test('of cross-entropies by the statistics of the batch', () => {
    const modes = modesOf(networkOf(model))
    const x = random([3, 8, 8, 2], 1)
    const weights = modes.evaluated.weights.map(({ tensor }) => tensor)
    const { parts: [, ...gradients] } = learnByBatch(modes, weights, x, labels)
    for (const [i, { name, tensor }] of modes.evaluated.weights.entries()) {
      const direction = random(tensor.shape, 10 + i)
      const along = slope((h) => learnByBatch(modes, weights.map((weight, j) => (i === j ? tf.add(weight, tf.mul(direction, h)) : weight)), x, labels).parts[0]!.dataSync<'float32'>()[0]!, 1e-3)
      expect(Math.abs(sumOf(gradients[i]!, direction) - along), name).toBeLessThan(0.02 * Math.abs(along) + 2e-3)
      // Averages do not go into what a batch does by its own statistics.
      if (name.includes('standardised')) expect(gradients[i]!.dataSync().every((value) => value === 0)).toBe(true)
    }
    modes.dispose()
  })

  test('of norms of integrated gradients, which go by the averages', () => {
    // Smooth, since a difference may not cross a kink.
    const modes = modesOf(createNetwork(surrogate(graphOf(networkOf(model)), { beta: 2 })))
    const network = modes.evaluated
    const x = random([3, 8, 8, 2], 2)
    const moved = tf.add(x, tf.mul(0.3, tf.sign(random([3, 8, 8, 2], 3))))
    const objective = igNormObjective({ weight: 1, points: 4, attackPoints: 4 })
    const { gradients } = weightGradients(network, (other) => lossOf(objective, other, { x, labels }, moved))
    for (const [i, { name, tensor }] of network.weights.entries()) {
      const direction = random(tensor.shape, 20 + i)
      const along = slope((h) => lossOf(objective, network.withWeights(network.weights.map(({ tensor: own }, j) => (i === j ? tf.add(own, tf.mul(direction, h)) : own))), { x, labels }, moved).dataSync<'float32'>()[0]!, 1e-3)
      expect(Math.abs(sumOf(gradients[i]!, direction) - along), name).toBeLessThan(0.02 * Math.abs(along) + 2e-3)
    }
    modes.dispose()
  })
})
