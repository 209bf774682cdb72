import { createRandomness } from '@touchstone/core'
import { describeSampler } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { neighbourOf } from './my-method.js'

describeSampler(plugin, 'my-method')

test('a case worked out by hand', () => {
  const expected: readonly number[] = []
  expect(expected, 'write the first neighbour of x = (0.25, 0.5, 1) in [0, 1], from the numbers that the seed gives: expected in src/my-method.test.ts').not.toHaveLength(0)
  const neighbour = neighbourOf(Float32Array.of(0.25, 0.5, 1), { low: 0, high: 1 }, createRandomness(1, 'a case'), 0)
  expect(neighbour).toHaveLength(expected.length)
  expected.forEach((value, index) => expect(neighbour[index]).toBeCloseTo(value, 5))
})
