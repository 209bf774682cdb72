import { beforeAll, expect, test } from 'vitest'
import type { SamplerContext } from '@touchstone/core'
import { contextOf, linear } from '../similar.test.data.js'
import { usualRate } from './learning-rate.js'

let context: SamplerContext
beforeAll(async () => {
  context = await contextOf(await linear(), Float32Array.of(0.5, 0.5, 0.5))
})

test('the rate is a thousandth of delta over what the logit moves by, and a thousandth at most', async () => {
  // |dF_0/dx| is 2, 1 and 1, and s (1 - s) a quarter.
  expect(await usualRate(context, 0.4)).toBeCloseTo(4e-4, 10)
  expect(await usualRate(context, 5)).toBe(1e-3)
})

test('it follows the width of the range and the place in it', async () => {
  // In a range of twice the width 0.5 is a quarter of the way: 4 * 2 * 3 / 16.
  expect(await usualRate({ ...context, dataset: { ...context.dataset, range: { low: 0, high: 2 } } }, 0.3)).toBeCloseTo(2e-4, 10)
  expect(await usualRate({ ...context, dataset: { ...context.dataset, range: { low: -0.5, high: 1.5 } } }, 0.4)).toBeCloseTo(2e-4, 10)
})

test('an input at the ends of its range has a rate too', async () => {
  const black = { ...context, example: { ...context.example, input: Float32Array.of(0, 0, 0) } }
  // s is 0.005 there.
  expect(await usualRate(black, 0.01)).toBeCloseTo(1e-3 * (0.01 / (4 * 0.005 * 0.995)), 8)
})
