import { layers, openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { createNetwork, graphFromArtifacts, inputGradient, mflopPerRow, modelFromNetwork, networkFromLayers, separateLogits, surrogate, targetLogitSum, valueAndGradient, type Network } from './index.js'
import { expectClose } from './testing/index.js'
import { nsfwModel, waves } from './testing/nsfwjs.js'

beforeAll(async () => {
  await openEngine()
})

/** The slope of the target's logit along the gradient, by central differences: |gradient|^2. */
async function expectSlope(network: Network, x: tf.Tensor, gradient: tf.Tensor, target: number): Promise<void> {
  const norm = ((await tf.norm(gradient).data()) as Float32Array)[0]!
  // Small: along its gradient a network of ReLU6 bends soon.
  const h = 1e-3
  const step = tf.mul(gradient, h / norm)
  const [above, below] = await Promise.all([tf.add(x, step), tf.sub(x, step)].map(async (at) => (await targetLogitSum(network, at, [target]).data())[0]!))
  expect(Math.abs((above! - below!) / (2 * h * norm) - 1)).toBeLessThan(0.1)
}

test('MobileNetV2 as a layers-model loads, predicts and gives gradients', async () => {
  const model = await layers.loadLayersModel(tf.io.fromMemory(await nsfwModel('mobilenet_v2')))
  const network = await networkFromLayers(model)
  const x = waves(1)
  const { logits, gradients: [gradient] } = valueAndGradient(network, x, [2])
  await expectClose(tf.softmax(logits), model.predict(x) as tf.Tensor, 1e-4)
  await expectSlope(network, x, gradient!, 2)
  const folded = await networkFromLayers(model, { foldBatchNorm: true })
  expect(folded.graph.places.some(({ node }) => node.op === 'batch-norm')).toBe(false)
  await expectClose(folded.logits(x), logits, 1e-4)
  expect(modelFromNetwork(network)).toMatchObject({ inputShape: [224, 224, 3], classCount: 5 })
})

test('MobileNetV2 as a graph-model loads, predicts and gives gradients', async () => {
  const { graph, outputs } = separateLogits(await graphFromArtifacts(await nsfwModel('mobilenet_v2_mid')))
  expect(outputs).toBe('logits')
  const network = createNetwork(graph)
  expect(network.inputShape).toEqual([224, 224, 3])
  expect(network.classCount).toBe(5)
  // MobileNetV2 of width 1.4: 582 million multiplications and additions at 224 x 224, by its authors.
  expect(mflopPerRow(network.graph) / 2).toBeGreaterThan(570)
  expect(mflopPerRow(network.graph) / 2).toBeLessThan(590)
  const x = waves(1)
  const gradient = inputGradient(network, x, [3])
  await expectSlope(network, x, gradient, 3)
  // Without the kinks of ReLU6, at which rounding flips slopes, the gradient is tf.grad's to more digits.
  const smooth = createNetwork(surrogate(graph, { beta: 10 }))
  await expectClose(inputGradient(smooth, x, [3]), tf.grad((at: tf.Tensor) => targetLogitSum(smooth, at, [3]))(x), 1e-3)
})
