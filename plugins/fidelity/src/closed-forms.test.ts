import { mean, pearson } from '@touchstone/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linear, modelOf, numbers, scoreOf } from './scores.test.data.js'

const cases = fc.record({ n: fc.integer({ min: 3, max: 12 }), seed: fc.nat(), baseline: fc.constantFrom(0, 0.5, -2) })

function problem({ n, seed, baseline }: { readonly n: number; readonly seed: number; readonly baseline: number }) {
  const [weights, input] = [numbers(n, seed, 0), numbers(n, seed, 1)]
  return { model: linear(weights), weights, input, contributions: weights.map((weight, i) => weight * (input[i]! - baseline)) }
}

describe('on a linear model, for g = w (x - b)', () => {
  test('fidelity is 1, and -1 for -g', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, seed, baseline }) => {
        const { model, input, contributions } = problem({ n, seed, baseline })
        const options = { baseline, runs: 30, subset: 1 + (seed % (n - 1)) }
        expect((await scoreOf('fidelity', model, input, contributions, { options, seed })).value).toBeCloseTo(1, 4)
        expect((await scoreOf('fidelity', model, input, contributions.map((value) => -value), { options, seed })).value).toBeCloseTo(-1, 4)
      }),
    )
  })

  test('sensitivity-n is 1 at every size', async () => {
    const { model, input, contributions } = problem({ n: 10, seed: 3, baseline: 0.5 })
    const { value, curve } = await scoreOf('sensitivity-n', model, input, contributions, { options: { baseline: 0.5, sizes: [1, 3, { share: 0.8 }] } })
    expect(value).toBeCloseTo(1, 4)
    expect(curve!.x).toEqual([1, 3, 8])
  })

  test('infidelity is 0, for w as slopes too, and for multiples of it where it is normalised', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom<object>({ subset: 2 }, { subset: { share: 0.6 } }, { noise: 0.3 }), async (one, perturbation) => {
        const { model, input, contributions, weights } = problem(one)
        const options = { baseline: one.baseline, runs: 20, perturbation }
        const ask = async (map: readonly number[], more: object) => (await scoreOf('infidelity', model, input, map, { options: { ...options, ...more }, seed: one.seed })).value!
        expect(await ask(contributions, {})).toBeLessThan(1e-8)
        expect(await ask(weights, { multipliedByInputs: false })).toBeLessThan(1e-8)
        expect(await ask(contributions.map((value) => 7 * value), { normalise: true })).toBeLessThan(1e-8)
      }),
    )
  })

  test('infidelity by squares is 0 too, with pixels as units and with values', async () => {
    const shape = [5, 4, 2]
    const weights = numbers(40, 1)
    const input = numbers(40, 2)
    for (const unit of ['pixel', 'scalar']) for (const square of [1, 3, 4]) {
      const contributions = input.map((value, i) => weights[i]! * (value - 0.5))
      expect((await scoreOf('infidelity', linear(weights, shape), input, contributions, { options: { perturbation: { square }, runs: 12, baseline: 0.5, unit } })).value).toBeLessThan(1e-8)
    }
  })

  test('areas of deletion and insertion are those of sorted contributions', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, seed, baseline }) => {
        const { model, input, weights, contributions } = problem({ n, seed, baseline })
        const sorted = [...contributions].sort((a, b) => b - a)
        const atInput = weights.reduce((sum, weight, i) => sum + weight * input[i]!, 0)
        const atBaseline = weights.reduce((sum, weight) => sum + weight * baseline, 0)
        // At step k the first k are gone; trapezoid rule over n steps of 1/n.
        const curve = (start: number, sign: number) => Array.from({ length: n + 1 }, (_, k) => start + sign * sorted.slice(0, k).reduce((a, b) => a + b, 0))
        const area = (y: readonly number[]) => (y.reduce((a, b) => a + b, 0) - (y[0]! + y.at(-1)!) / 2) / n
        const options = { baseline, output: 'logit', steps: 1000 }
        expect((await scoreOf('deletion', model, input, contributions, { options })).value).toBeCloseTo(area(curve(atInput, -1)), 4)
        expect((await scoreOf('insertion', model, input, contributions, { options })).value).toBeCloseTo(area(curve(atBaseline, 1)), 4)
        const { curve: flipped, parts } = await scoreOf('pixel-flipping', model, input, contributions, { options: { baseline, output: 'logit' } })
        curve(atInput, -1).slice(1).forEach((expected, step) => expect(flipped!.y[step]).toBeCloseTo(expected, 4))
        expect(parts!.aopc).toBeCloseTo(atInput - mean(curve(atInput, -1)), 4)
      }),
    )
  })

  test('no order deletes faster or inserts faster', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { model, input, contributions } = problem(one)
        const other = numbers(one.n, one.seed, 2)
        const options = { baseline: one.baseline, output: 'logit', steps: 1000 }
        const ask = async (use: string, map: readonly number[]) => (await scoreOf(use, model, input, map, { options })).value!
        expect(await ask('deletion', contributions)).toBeLessThanOrEqual((await ask('deletion', other)) + 1e-5)
        expect(await ask('insertion', contributions)).toBeGreaterThanOrEqual((await ask('insertion', other)) - 1e-5)
      }),
    )
  })
})

test('monotonicity tells whether the output ever falls', async () => {
  const ask = (weights: readonly number[], map: readonly number[]) => scoreOf('monotonicity', linear(weights), [1, 1, 1], map, { options: { output: 'logit' } })
  expect(await ask([3, 1, 2], [3, -1, 2])).toMatchObject({ value: 1, parts: { share: 1 }, curve: { y: [1, 3, 6] } })
  expect(await ask([3, -1, 2], [3, 2, 1])).toMatchObject({ value: 0, parts: { share: 0.5 }, curve: { y: [2, 1, 4] } })
})

test('monotonicity-correlation is 1 where |g| orders the units as the squared weights do', async () => {
  const weights = [1, -5, 3, 0.2]
  // All units see the same replacements only in expectation: weights far apart and many samples leave the order clear.
  const { value } = await scoreOf('monotonicity-correlation', linear(weights), [0.5, 0.5, 0.5, 0.5], weights, { options: { output: 'logit', samples: 200 } })
  expect(value).toBe(1)
})

test('fidelity over all subsets of a tiny input is what many random ones come to', async () => {
  const model = modelOf([5], (x) => [Math.tanh(x[0]! + 2 * x[1]! - x[2]!) + x[3]! * x[4]!, 0])
  const [input, map] = [[1, 0.5, -1, 2, 0.3], [0.3, 1, -0.2, 0.7, 0.1]]
  const f = async (x: readonly number[]) => (await model.predict({ shape: [1, 5], data: Float32Array.from(x) })).data[0]!
  const whole = await f(input)
  const sums: number[] = []
  const falls: number[] = []
  for (let mask = 0; mask < 32; mask++) {
    const gone = [0, 1, 2, 3, 4].filter((i) => (mask >> i) & 1)
    if (gone.length !== 2) continue
    sums.push(gone.reduce((sum, i) => sum + map[i]!, 0))
    falls.push(whole - (await f(input.map((value, i) => (gone.includes(i) ? 0 : value)))))
  }
  const { value } = await scoreOf('fidelity', model, input, map, { options: { subset: 2, runs: 20_000 } })
  expect(Math.abs(value! - pearson(sums, falls))).toBeLessThan(0.02)
})
