import { createRandomness, Host, stackRows } from '@touchstone/core'
import { attributerFromMap, modelFromNetwork, type Graph, type GraphNode } from '@touchstone/network'
import { denseModel, describeAttributer } from '@touchstone/testkit'
import { tf } from '@touchstone/tensor'
import { expect, test } from 'vitest'
import plugin, { gradCamMap, guidedBackpropMap, guidedGradCamMap, layerGradCam } from './index.js'
import { dense, networkOf, oneConv, ramp, valuesOf, weight } from './networks.test.data.js'
import { resize } from './resize.js'

describeAttributer(plugin, 'grad-cam')
describeAttributer(plugin, 'grad-cam', { interpolation: 'nearest' })
describeAttributer(plugin, 'guided-grad-cam')

// captum tests/attr/layer/test_grad_cam.py and tests/attr/test_guided_grad_cam.py, version 0.8.0.
test("at the layers of Captum's convolutional network", async () => {
  const network = await networkOf(oneConv)
  const at = (layer: string, more = {}) => valuesOf(() => layerGradCam(network, ramp(), [0], { layer, ...more }))
  expect(await at('conv1')).toEqual([11.25, 13.5, 20.25, 22.5])
  expect(await at('relu1')).toEqual([0, 4, 28, 32.5])
  // Its channels: a = (1, -1/2) and A_0 = (0, 4, 31, 40), A_1 = (0, 0, 6, 15).
  expect(await at('relu1', { keepChannels: true })).toEqual([0, 0, 4, 0, 31, -3, 40, -7.5])
  expect(await at('relu1', { keepChannels: true, relu: true })).toEqual([0, 0, 4, 0, 31, 0, 40, 0])
  // A layer without positions has a weight per value.
  expect(await at('fc1')).toEqual([4 + 31 + 40 - 6 - 15])
})

test("guided Grad-CAM of Captum's convolutional network, with its interpolation", async () => {
  const network = await networkOf(oneConv)
  const map = await valuesOf(() => guidedGradCamMap({ layer: 'relu1', interpolation: 'nearest' })(network, ramp(), [0]))
  expect(map).toEqual([0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5, 65, 28, 56, 65, 32.5])
})

test('guided Grad-CAM is Grad-CAM times guided backpropagation', async () => {
  const network = await networkOf(oneConv)
  const options = { layer: 'conv1', interpolation: 'bilinear' } as const
  const [cam, guided, both] = [await valuesOf(() => gradCamMap(options)(network, ramp(), [0])), await valuesOf(() => guidedBackpropMap(network, ramp(), [0])), await valuesOf(() => guidedGradCamMap(options)(network, ramp(), [0]))]
  expect(both).toEqual(cam.map((value, i) => value * guided[i]!))
})

/** Two channels of input, one convolution of 1 x 1 to two channels, averages, two classes: F_y = W mean(A). */
const averaging: Graph = {
  nodes: [
    { op: 'input', id: 'x', inputs: [], shape: [2, 4, 2] },
    { op: 'max-pool', id: 'pool', inputs: ['x'], size: [2, 2], strides: [2, 2], padding: 'valid' },
    { op: 'conv2d', id: 'conv', inputs: ['pool'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([1, 1, 2, 2], [1, 0, 0, 1]) } },
    { op: 'global-average-pool', id: 'mean', inputs: ['conv'], keepAxes: true },
    // One position: no layer for Grad-CAM to choose.
    { op: 'conv2d', id: 'head', inputs: ['mean'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([1, 1, 2, 2], [2, -2, -4, 4]) } },
    { op: 'reshape', id: 'out', inputs: ['head'], shape: [-1] },
  ],
  output: 'out',
}

test('worked out by hand: weights, the cut at 0, bilinear resizing, all channels alike, the last convolution with positions', async () => {
  const network = await networkOf(averaging)
  // Pooled to two positions: channel 0 is (4, 8), channel 1 is (1, 6).
  const x = tf.tensor([[[[4, 1], [0, 0], [8, 6], [0, 0]], [[0, 0], [0, 0], [0, 0], [0, 0]]]])
  // dF_0/dA = (2, -4) / 2 at each position: 4 - 2 = 2 and 8 - 12 = -4, cut to 0. F_1 has the opposite signs.
  const along = (target: number) => valuesOf(() => gradCamMap({ interpolation: 'bilinear' })(network, x, [target]))
  const row = (values: readonly number[]) => values.flatMap((value) => [value, value])
  expect(await along(0)).toEqual([...row([2, 1.5, 0.5, 0]), ...row([2, 1.5, 0.5, 0])])
  expect(await along(1)).toEqual([...row([0, 1, 3, 4]), ...row([0, 1, 3, 4])])
})

test('by default the last convolution is seen behind its activation, through a normalisation, where nothing else reads it', async () => {
  const at = (middle: GraphNode[], read: string): Graph => ({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [2, 2, 1] },
      { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([1, 1, 1, 2], [1, -1]) } },
      ...middle,
      { op: 'global-average-pool', id: 'mean', inputs: [read] },
      dense('out', 'mean', [[1, 0], [1, 1]]),
    ],
    output: 'out',
  })
  const relu: GraphNode = { op: 'activation', id: 'relu', inputs: ['conv'], name: 'relu' }
  const norm: GraphNode = { op: 'batch-norm', id: 'norm', inputs: ['conv'], weights: { shift: weight([2], [1, 1]) } }
  const x = tf.tensor([[[[1], [2]], [[3], [4]]]])
  const same = async (graph: Graph, layer: string) => {
    const network = await networkOf(graph)
    expect(await valuesOf(() => gradCamMap({ interpolation: 'nearest' })(network, x, [0]))).toEqual(await valuesOf(() => gradCamMap({ layer, interpolation: 'nearest' })(network, x, [0])))
  }
  await same(at([relu], 'relu'), 'relu')
  await same(at([norm, { ...relu, inputs: ['norm'] }], 'relu'), 'relu')
  await same(at([norm], 'norm'), 'conv')
  await same(at([relu, { op: 'add', id: 'sum', inputs: ['relu', 'conv'] }], 'sum'), 'conv')
})

test('resizing: the identity at the same size, tfjs with centres at halves, and exact gradients', async () => {
  await networkOf(oneConv)
  const image = tf.tensor3d(Float32Array.from(createRandomness(1, 'x').uniforms('image', 0, 2 * 5 * 3)), [2, 5, 3])
  const channel = tf.reshape<tf.Rank.R4>(image, [2, 5, 3, 1])
  for (const mode of ['bilinear', 'nearest'] as const) expect(await valuesOf(() => resize(image, [5, 3], mode))).toEqual(await valuesOf(() => image.clone()))
  for (const size of [[8, 9], [13, 3], [2, 2]] as const) {
    const ours = await valuesOf(() => resize(image, size, 'bilinear'))
    const theirs = await valuesOf(() => tf.image.resizeBilinear(channel, [...size], false, true))
    ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 5))
    const nearest = await valuesOf(() => resize(image, size, 'nearest'))
    expect(nearest).toEqual(await valuesOf(() => tf.image.resizeNearestNeighbor(channel, [...size])))
  }
  // Linear: the gradient of the sum of all values counts how often each old value is used, 8 x 6 new ones of 5 x 3.
  const slope = await valuesOf(() => tf.grad((x: tf.Tensor) => tf.sum(resize(x as tf.Tensor3D, [10, 6], 'nearest')))(image))
  expect(slope).toEqual(slope.map(() => 4))
})

test('layers that do not fit are told, with those that do', async () => {
  const convolutional = modelFromNetwork(await networkOf(oneConv))
  const attribute = async (layer: string | undefined, model = convolutional) => {
    const attributer = attributerFromMap(gradCamMap({ layer, interpolation: 'bilinear' }))
    const inputs = stackRows([new Float32Array(model.inputShape.reduce((a, b) => a * b, 1))], model.inputShape)
    return attributer.attribute({ model, inputs, targets: [0], randomness: [], batchRows: 8 })
  }
  await expect(attribute('conv9')).rejects.toThrow('there is no layer "conv9" in the network; its layers are x, conv1, relu1, flatten, fc1, relu2')
  await expect(attribute('fc1')).rejects.toThrow('Grad-CAM needs a layer of shape [height, width, channels], but layer "fc1" has shape [4]: name one with positions, such as conv1')
  const flat = await denseModel([{ kernel: [[1, 1], [-1, 1]], bias: [0, 0] }])
  await expect(attribute(undefined, flat)).rejects.toThrow("Grad-CAM needs inputs that are images [height, width, channels], but this model's have shape [2]")
  const noConvolution = modelFromNetwork(await networkOf({ nodes: [{ op: 'input', id: 'x', inputs: [], shape: [2, 2, 1] }, { op: 'reshape', id: 'flat', inputs: ['x'], shape: [-1] }, dense('out', 'flat', [[1, 0], [0, 1], [1, 0], [0, 1]])], output: 'out' }))
  await expect(attribute(undefined, noConvolution)).rejects.toThrow('Grad-CAM needs a convolution with more than one position, and the model has none')
})

test('options that are no names are told', () => {
  const resolver = new Host([plugin]).resolver()
  expect(resolver.resolve('attributer', { use: 'grad-cam', options: { layer: 3, interpolation: 'cubic' } }, [])).toBeUndefined()
  expect(resolver.problems.map(({ message }) => message)).toEqual(['expected the name of a layer, found 3', 'expected "bilinear" or "nearest", found "cubic"'])
})
