import { denseModel, describeAttributer } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { mapOf } from './my-method.js'

describeAttributer(plugin, 'my-method')

test('a case worked out by hand', async () => {
  // F_0(x) = 2 x_0 - x_1 and F_1(x) = 0.
  const model = await denseModel([{ kernel: [[2, 0], [-1, 0]], bias: [0, 0] }])
  const expected: readonly number[] = []
  expect(expected, 'write the map of class 0 at x = (3, 4), worked out by hand: expected in src/my-method.test.ts').not.toHaveLength(0)
  const map = await mapOf(model, Float32Array.of(3, 4), 0)
  expect(map).toHaveLength(expected.length)
  expected.forEach((value, index) => expect(map[index]).toBeCloseTo(value, 5))
})
