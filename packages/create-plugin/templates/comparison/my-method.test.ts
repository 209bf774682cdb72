import { describeComparison } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { valueOf } from './my-method.js'

describeComparison(plugin, 'my-method')

test('a case worked out by hand', () => {
  const expected = Number.NaN
  expect(expected, 'write the value of a = (3, 0, -1) and b = (0, 4, -1), worked out by hand: expected in src/my-method.test.ts').not.toBeNaN()
  expect(valueOf(Float32Array.of(3, 0, -1), Float32Array.of(0, 4, -1))).toBeCloseTo(expected, 6)
})
