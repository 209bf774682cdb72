import { createNetwork, type Graph, type Network } from '@touchstone/network'
import { networks } from '@touchstone/testkit'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { cases, randomInput, sum } from './cases.test.data.js'
import { integratedGradientsMap, integratedGradientsMaps, layerConductance } from './index.js'

beforeAll(() => openEngine())

const weight = (values: readonly (readonly number[])[]) => ({ shape: [values.length, values[0]!.length], data: Float32Array.from(values.flat()) })
const bias = (values: readonly number[]) => ({ shape: [values.length], data: Float32Array.from(values) })
const valuesOf = async (tensor: tf.Tensor) => [...((await tensor.data()) as Float32Array)]

/** x (3) -> 4 units, all sums, biases (-10, 1, 1, 1) -> ReLU -> 2 sums: the multilayer network of Captum's tests. */
const multilayer: Graph = {
  nodes: [
    { op: 'input', id: 'x', inputs: [], shape: [3] },
    { op: 'dense', id: 'linear1', inputs: ['x'], weights: { kernel: weight(Array.from({ length: 3 }, () => [1, 1, 1, 1])), bias: bias([-10, 1, 1, 1]) } },
    { op: 'activation', name: 'relu', id: 'relu', inputs: ['linear1'] },
    { op: 'dense', id: 'linear2', inputs: ['relu'], weights: { kernel: weight(Array.from({ length: 4 }, () => [1, 1])), bias: bias([-1, 1]) } },
  ],
  output: 'linear2',
}

/** relu(relu(a) - 1 - relu(b)) of two inputs: the function of the paper's appendix. */
const twoInputs: Graph = {
  nodes: [
    { op: 'input', id: 'a', inputs: [], shape: [1] },
    { op: 'input', id: 'b', inputs: [], shape: [1] },
    { op: 'concat', id: 'both', inputs: ['a', 'b'] },
    { op: 'activation', name: 'relu', id: 'hidden', inputs: ['both'] },
    { op: 'dense', id: 'difference', inputs: ['hidden'], weights: { kernel: weight([[1], [-1]]), bias: bias([-1]) } },
    { op: 'activation', name: 'relu', id: 'out', inputs: ['difference'] },
  ],
  output: 'out',
}

async function using<T>(graph: Graph, work: (network: Network) => Promise<T>): Promise<T> {
  const network = createNetwork(graph)
  try {
    return await work(network)
  } finally {
    network.dispose()
  }
}

// Captum, tests/attr/layer/test_layer_conductance.py, test_simple_linear_conductance.
test('conductance of a layer, as worked out by Captum', () =>
  using(multilayer, async (network) => {
    const x = tf.tensor2d([[0, 100, 0]])
    const of = (layer: string, steps: number) => valuesOf(layerConductance(network, x, [0], { layer, steps }))
    const expected = [90, 100, 100, 100]
    expect(sum((await of('linear1', 5000)).map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(0.1)
    // The units' own changes, where nothing follows but a sum.
    expect(await of('relu', 4)).toEqual([90, 100, 100, 100])
    expect(await of('x', 5000)).toEqual([0, expect.closeTo(390, 1), 0])
  }))

test('several inputs: a map for each, with a baseline for each', () =>
  using(twoInputs, async (network) => {
    const x = [tf.tensor2d([[3], [5]]), tf.tensor2d([[1], [1]])]
    const [a, b] = integratedGradientsMaps(network, x, null, { steps: 500, quadrature: 'riemann-right' })
    expect((await valuesOf(a!))[0]).toBeCloseTo(1.5, 1)
    expect((await valuesOf(b!))[0]).toBeCloseTo(-0.5, 1)
    const [bare] = integratedGradientsMaps(network, x, null, { steps: 500, inputFactor: false })
    expect((await valuesOf(bare!))[0]).toBeCloseTo(0.5, 2)
    // From (3, 0) only b moves: F goes from 2 to 1.
    const [still, moved] = integratedGradientsMaps(network, x, null, { steps: 10, baseline: [tf.tensor2d([[3], [5]]), tf.tensor1d([0])] })
    expect(await valuesOf(still!)).toEqual([0, 0])
    expect(await valuesOf(moved!)).toEqual([expect.closeTo(-1, 5), expect.closeTo(-1, 5)])
    const conductance = await valuesOf(layerConductance(network, x, null, { layer: 'hidden', steps: 600 }))
    ;[1.5, -0.5].forEach((value, i) => expect(conductance[i]).toBeCloseTo(value, 2))
    expect(await valuesOf(layerConductance(network, x, null, { layer: 'hidden', steps: 9, baseline: [tf.tensor2d([[3], [5]]), tf.tensor1d([0])] }))).toEqual([0, expect.closeTo(-1, 5), 0, expect.closeTo(-1, 5)])
  }))

test('conductance adds up to F(x) - F(x0) at any layer that all of the signal goes through, and is integrated gradients at the input', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks({ smooth: true })), async ({ graph, seed }) => {
      await using(graph, async (network) => {
        const x = tf.tensor(randomInput(network.inputShape, seed, 0), [1, ...network.inputShape])
        const gain = (await valuesOf(network.logits(x)))[1]! - (await valuesOf(network.logits(tf.zerosLike(x))))[1]!
        const of = (layer: string) => valuesOf(layerConductance(network, x, [1], { layer, steps: 64 }))
        const atInput = await of('input')
        const scale = Math.max(1, sum(atInput.map(Math.abs)))
        expect(Math.abs(sum(atInput) - gain)).toBeLessThan(1e-2 * scale)
        const head = graph.nodes.at(-1)!.inputs[0]!
        expect(Math.abs(sum(await of(head)) - gain)).toBeLessThan(1e-2 * scale)
        const integrated = await valuesOf(integratedGradientsMap({ steps: 64 })(network, x, [1]))
        atInput.forEach((value, i) => expect(Math.abs(value - integrated[i]!)).toBeLessThan(1e-2 * scale))
      })
    }),
    { numRuns: 10 },
  )
})

test('they leave no tensor behind but what they give', () =>
  using(multilayer, async (network) => {
    const x = tf.tensor2d([[1, 2, 3]])
    const before = tf.memory().numTensors
    layerConductance(network, x, [0], { layer: 'relu', steps: 3 }).dispose()
    tf.dispose(integratedGradientsMaps(network, x, [0], { steps: 3 }))
    expect(tf.memory().numTensors).toBe(before)
    await Promise.resolve()
  }))

test('what does not fit is refused', () =>
  using(twoInputs, async (network) => {
    const x = [tf.tensor2d([[3]]), tf.tensor2d([[1]])]
    expect(() => integratedGradientsMaps(network, x, null, { steps: 0 })).toThrow('a whole number of points of at least 1, found 0')
    expect(() => integratedGradientsMaps(network, x, null, { steps: 2, baseline: tf.tensor1d([0]) })).toThrow('expected a baseline for each of 2 inputs, found 1')
    expect(() => integratedGradientsMaps(network, x, null, { steps: 2, baseline: [tf.tensor1d([0]), tf.tensor1d([0, 1])] })).toThrow('baseline 1 has shape [2]')
    expect(() => layerConductance(network, x, null, { layer: 'hidden', steps: 1.5 })).toThrow('expected a whole number of steps of at least 1, found 1.5')
    expect(() => layerConductance(network, x, null, { layer: 'none', steps: 1 })).toThrow('there is no layer "none" in the network')
    expect(() => layerConductance(network, x, [1], { layer: 'hidden', steps: 1 })).toThrow('there is no output 1')
    await Promise.resolve()
  }))
