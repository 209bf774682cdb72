import { createRandomness, stackRows, type Attributer, type Model } from '@touchstone/core'
import { attributerFromMap } from '@touchstone/network'
import { convModel, denseModel, describeAttributer, finiteDifferences } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin, { gradientMap, inputXGradientMap, saliencyMap } from './index.js'

describeAttributer(plugin, 'gradient')
describeAttributer(plugin, 'saliency')
describeAttributer(plugin, 'input-x-gradient')

const gradient = attributerFromMap(gradientMap)
const saliency = attributerFromMap(saliencyMap)
const inputXGradient = attributerFromMap(inputXGradientMap)

async function map(attributer: Attributer, model: Model, inputs: readonly (readonly number[])[], targets: readonly number[]): Promise<number[]> {
  const rows = stackRows(inputs.map((input) => Float32Array.from(input)), model.inputShape)
  return [...(await attributer.attribute({ model, inputs: rows, targets, randomness: inputs.map(() => createRandomness(0, 'x')), batchRows: 64 })).data]
}

// F_0 = 2 relu(x0 - x1) - relu(x0 + x1), F_1 = 3 relu(x0 + x1).
const toy = denseModel([
  { kernel: [[1, 1], [-1, 1]], bias: [0, 0] },
  { kernel: [[2, 0], [-1, 3]], bias: [0, 0] },
])

test.each([
  // At (3, 1) both units are on: dF_0 = (2 - 1, -2 - 1), dF_1 = (3, 3).
  { x: [3, 1], target: 0, gradient: [1, -3] },
  { x: [3, 1], target: 1, gradient: [3, 3] },
  // At (1, 3) only the second unit is on.
  { x: [1, 3], target: 0, gradient: [-1, -1] },
  // At (-1, -3) only the first unit is on, and F_1 does not move.
  { x: [-1, -3], target: 0, gradient: [2, -2] },
  { x: [-1, -3], target: 1, gradient: [0, 0] },
])('on a network worked out by hand: x = $x, target $target', async ({ x, target, gradient: slopes }) => {
  const model = await toy
  expect(await map(gradient, model, [x], [target])).toEqual(slopes)
  expect(await map(saliency, model, [x], [target])).toEqual(slopes.map(Math.abs))
  // 0 and -0 are the same relevance.
  expect((await map(inputXGradient, model, [x], [target])).map((value) => value + 0)).toEqual(slopes.map((g, i) => g * x[i]! + 0))
})

test('on a convolutional network saliency is the size of the slope by finite differences, of the logit behind the softmax', async () => {
  const model = await convModel(3)
  const inputs = { shape: [2, 8, 8, 2], data: Float32Array.from(createRandomness(1, 'fd').uniforms('x', 0, 256)) }
  const slopes = await finiteDifferences(model, inputs, [0, 2], 1e-3)
  const found = (await saliency.attribute({ model, inputs, targets: [0, 2], randomness: [], batchRows: 64 })).data
  const expected = slopes.flatMap((slope) => [...slope].map(Math.abs))
  // A kink within h of the input makes a difference wrong; there are few.
  const off = expected.filter((value, i) => Math.abs(value - found[i]!) > 2e-3 * Math.max(...expected))
  expect(off.length).toBeLessThan(8)
})

test('input x gradient adds up to the logit on a network without biases', async () => {
  const model = await toy
  const x = [3, 1]
  const { data } = await model.predict(stackRows([Float32Array.from(x)], [2]))
  expect((await map(inputXGradient, model, [x], [0])).reduce((a, b) => a + b, 0)).toBeCloseTo(data[0]!, 5)
})

test('a model without a network is refused with a way out', async () => {
  const model = { ...(await toy), capabilities: {} }
  await expect(map(saliency, model, [[1, 2]], [0])).rejects.toThrow('use a model with a network')
  await expect(map(saliency, { ...model, outputs: 'probabilities' }, [[1, 2]], [0])).rejects.toThrow('end it with softmax')
})
