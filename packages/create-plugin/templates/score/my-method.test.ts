import { denseModel, describeScore } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { valueOf } from './my-method.js'

describeScore(plugin, 'my-method')

test('a case worked out by hand', async () => {
  // F_0(x) = 2 x_0 - x_1 and F_1(x) = 0.
  const model = await denseModel([{ kernel: [[2, 0], [-1, 0]], bias: [0, 0] }])
  const expected = Number.NaN
  expect(expected, 'write the value of the map (6, -4) for class 0 at x = (3, 4), worked out by hand: expected in src/my-method.test.ts').not.toBeNaN()
  const example = { id: 'a case', input: Float32Array.of(3, 4) }
  expect(await valueOf({ model, example, target: 0, map: { shape: [2], data: Float32Array.of(6, -4) }, predict: model.predict })).toBeCloseTo(expected, 5)
})
