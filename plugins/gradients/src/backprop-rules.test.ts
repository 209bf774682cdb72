import { surrogate, type ActivationNode, type Graph, type TensorMap } from '@touchstone/network'
import { describeAttributer } from '@touchstone/testkit'
import { tf } from '@touchstone/tensor'
import { expect, test } from 'vitest'
import plugin, { deconvolutionMap, gradientMap, guidedBackpropMap } from './index.js'
import { dense, networkOf, oneConv, ramp, valuesOf } from './networks.test.data.js'

describeAttributer(plugin, 'guided-backprop')
describeAttributer(plugin, 'deconvolution')

/** F_0 = 2 f(x0 - x1) - f(x0 + x1), F_1 = -F_0. */
const toy = (activation: Pick<ActivationNode, 'name' | 'alpha' | 'beta' | 'max'>): Graph => ({
  nodes: [
    { op: 'input', id: 'x', inputs: [], shape: [2] },
    dense('hidden', 'x', [[1, 1], [-1, 1]]),
    { op: 'activation', id: 'f', inputs: ['hidden'], ...activation },
    dense('out', 'f', [[2, -2], [-1, 1]]),
  ],
  output: 'out',
})

const run = async (map: TensorMap, graph: Graph, x: readonly number[], target: number) => {
  const network = await networkOf(graph)
  return valuesOf(() => map(network, tf.tensor([[...x]]), [target]))
}

// At (3, 1): hidden (2, 4), both on. At (1, 3): hidden (-2, 4). At (-3, -1): hidden (-2, -4), both off. Signals at f: (2, -1) for F_0, (-2, 1) for F_1.
test.each([
  { x: [3, 1], target: 0, guided: [2, -2], deconvolved: [2, -2] },
  { x: [3, 1], target: 1, guided: [1, 1], deconvolved: [1, 1] },
  { x: [1, 3], target: 0, guided: [0, 0], deconvolved: [2, -2] },
  { x: [1, 3], target: 1, guided: [1, 1], deconvolved: [1, 1] },
  { x: [-3, -1], target: 1, guided: [0, 0], deconvolved: [1, 1] },
])('worked out by hand: x = $x, target $target', async ({ x, target, guided, deconvolved }) => {
  expect(await run(guidedBackpropMap, toy({ name: 'relu' }), x, target)).toEqual(guided)
  expect(await run(deconvolutionMap, toy({ name: 'relu' }), x, target)).toEqual(deconvolved)
})

test('a parametric ReLU with one slope is a leaky ReLU', async () => {
  const leaky = toy({ name: 'leaky-relu', alpha: 0.25 })
  const parametric: Graph = { ...leaky, nodes: leaky.nodes.map((node) => (node.id === 'f' ? { op: 'prelu', id: 'f', inputs: node.inputs, weights: { alpha: { shape: [1], data: Float32Array.of(0.25) } } } : node)) }
  for (const map of [gradientMap, guidedBackpropMap, deconvolutionMap]) {
    for (const x of [[3, 1], [1, 3], [-3, -1]]) expect(await run(map, parametric, x, 1)).toEqual(await run(map, leaky, x, 1))
    const smooth = { beta: 5 }
    expect(await run(map, surrogate(parametric, smooth), [1, 3], 1)).toEqual(await run(map, surrogate(leaky, smooth), [1, 3], 1))
  }
})

test('ReLU6 is off above its end, leaky ReLU lets its slope through', async () => {
  // At (5, 3): hidden (2, 8).
  expect(await run(guidedBackpropMap, toy({ name: 'relu', max: 6 }), [5, 3], 1)).toEqual([0, 0])
  expect(await run(guidedBackpropMap, toy({ name: 'relu', max: 6 }), [5, 3], 0)).toEqual([2, -2])
  expect(await run(deconvolutionMap, toy({ name: 'relu', max: 6 }), [5, 3], 1)).toEqual([1, 1])
  // At (1, 3): hidden (-2, 4).
  expect(await run(guidedBackpropMap, toy({ name: 'leaky-relu', alpha: 0.25 }), [1, 3], 0)).toEqual([0.5, -0.5])
  expect(await run(deconvolutionMap, toy({ name: 'leaky-relu', alpha: 0.25 }), [1, 3], 0)).toEqual([2, -2])
})

test.each(['tanh', 'elu', 'softplus', 'linear'] as const)('%s keeps its plain gradient', async (name) => {
  const plain = await run(gradientMap, toy({ name }), [0.5, 1], 0)
  expect(await run(guidedBackpropMap, toy({ name }), [0.5, 1], 0)).toEqual(plain)
  expect(await run(deconvolutionMap, toy({ name }), [0.5, 1], 0)).toEqual(plain)
})

test.each([{ name: 'relu' }, { name: 'relu', max: 6 }, { name: 'leaky-relu', alpha: 0.25 }] as const)('a surrogate of $name has the map it stands for', async (activation) => {
  for (const map of [guidedBackpropMap, deconvolutionMap]) {
    const [kinked, smooth] = [await run(map, toy(activation), [1, 3], 0), await run(map, surrogate(toy(activation), { beta: 50 }), [1, 3], 0)]
    smooth.forEach((value, i) => expect(value).toBeCloseTo(kinked[i]!, 5))
  }
})

// captum tests/attr/test_guided_backprop.py::test_simple_input_conv_gb.
test("guided backpropagation of Captum's convolutional network", async () => {
  const network = await networkOf(oneConv)
  expect(await valuesOf(() => guidedBackpropMap(network, ramp(), [0]))).toEqual([0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1])
})

test('deconvolution of the same network: the positive signals alone, wherever the ReLUs were', async () => {
  const network = await networkOf(oneConv)
  // Channels of the positions (0, 0), (0, 1), (1, 0), (1, 1) receive (1, 1), (1, 0), (1, 0), (1, 0): 2, 1, 1 and 1 on 3 x 3 values each.
  expect(await valuesOf(() => deconvolutionMap(network, tf.mul(ramp(), -1), [0]))).toEqual([2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1])
})
