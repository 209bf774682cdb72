import { layers, openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { byBatch, checkGraph, createNetwork, fingerprintOf, graphFromLayers, inputGradient, joinNormalisations, separateNormalisations, weightGradients, type Graph, type Network } from '../index.js'
import { expectClose, sequential, slopeAlong, tensor } from '../testing/index.js'

const L = layers.layers
const model = () =>
  sequential(
    L.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, useBias: false }),
    L.batchNormalization({ momentum: 0.8 }),
    L.activation({ activation: 'softplus' }),
    L.flatten(),
    L.dense({ units: 5 }),
    L.batchNormalization({ epsilon: 0.1 }),
    L.dense({ units: 3 }),
  )

let graph: Graph
beforeAll(async () => {
  await openEngine()
  graph = await graphFromLayers(model())
})

const x = () => tensor([4, 6, 6, 2])
const targets = [0, 1, 2, 1]

test('normalisations apart compute the same, and joined again are what they were', async () => {
  const separated = separateNormalisations(graph)
  const [plain, apart] = [createNetwork(graph), createNetwork(separated)]
  expect(apart.weights.map(({ name }) => name.replace(/^.*?\/(standardised)?/, '$1'))).toEqual(['kernel', 'standardised/mean', 'standardised/variance', 'scale', 'shift', 'kernel', 'bias', 'standardised/mean', 'standardised/variance', 'scale', 'shift', 'kernel', 'bias'])
  await expectClose(apart.logits(x()), plain.logits(x()))
  await expectClose(inputGradient(apart, x(), targets), inputGradient(plain, x(), targets))
  const joined = joinNormalisations(separated)
  expect(joined).toEqual(graph)
  expect(fingerprintOf(checkGraph(joined))).toBe(fingerprintOf(checkGraph(graph)))
  expect(fingerprintOf(apart.graph)).not.toBe(fingerprintOf(plain.graph))
})

test('by the batch it is what TensorFlow.js computes in training', async () => {
  const learning = createNetwork(byBatch(separateNormalisations(graph)))
  await expectClose(learning.logits(x()), model().apply(x(), { training: true }) as tf.Tensor)
})

test('by the batch, first and second derivatives are those of finite differences', async () => {
  const learning = createNetwork(byBatch(separateNormalisations(graph)))
  const logits = (network: Network, at: tf.Tensor): tf.Tensor => tf.sum(tf.mul(network.logits(at), tf.oneHot(tf.tensor1d(targets, 'int32'), 3)))
  const gradient = inputGradient(learning, x(), targets)
  await expectClose(gradient, tf.grad((at: tf.Tensor) => logits(learning, at))(x()), 1e-4)
  const direction = tensor([4, 6, 6, 2], 'direction')
  const along = (a: tf.Tensor, b: tf.Tensor): number => tf.sum(tf.mul(a, b)).dataSync<'float32'>()[0]!
  expect(along(gradient, direction)).toBeCloseTo(await slopeAlong((at) => logits(learning, at), x(), direction), 2)

  // A function of the gradient, by the inputs and by the weights.
  const of = (network: Network, at: tf.Tensor): tf.Scalar => tf.sum(tf.mul(inputGradient(network, at, targets), tensor([4, 6, 6, 2], 'probe')))
  const slope = along(tf.grad((at: tf.Tensor) => of(learning, at))(x()), direction)
  const expected = await slopeAlong((at) => of(learning, at), x(), direction)
  expect(Math.abs(slope - expected)).toBeLessThan(0.01 * Math.abs(expected) + 1e-2)
  const { gradients } = weightGradients(learning, (network) => of(network, x()))
  for (const [i, { name, tensor: weight }] of learning.weights.entries()) {
    const way = tensor(weight.shape, name)
    const moved = (at: tf.Tensor): tf.Tensor => of(learning.withWeights(learning.weights.map(({ tensor: own }, j) => (i === j ? at : own))), x())
    const wanted = await slopeAlong(moved, weight, way)
    expect(Math.abs(along(gradients[i]!, way) - wanted), name).toBeLessThan(0.01 * Math.abs(wanted) + 1e-2)
  }
})

test('averages that do not fit', () => {
  const [first, ...rest] = separateNormalisations(graph).nodes.filter(({ op }) => op === 'input' || op === 'standardise')
  const broken = { ...rest[0]!, inputs: [first!.id] }
  expect(() => checkGraph({ nodes: [first!, broken as (typeof rest)[0]], output: broken.id })).toThrow('expected "mean" of shape [2], found [3]')
})
