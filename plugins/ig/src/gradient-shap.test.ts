import { createRandomness, Host, rowAt, stackRows, type AttributionRequest } from '@touchstone/core'
import { convModel, denseModel, describeAttributer, networks } from '@touchstone/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cases, ig, onModel, requestFor } from './cases.test.data.js'
import plugin, { gradientShapAttributer, type GradientShapOptions } from './index.js'

describeAttributer(plugin, 'gradient-shap', { samples: 6, baseline: { examples: 7 } })
describe('with noise', () => describeAttributer(plugin, 'gradient-shap', { samples: 4, stdev: 0.1, baseline: { average: [0, 'mean'] } }))

const mapOf = async (request: AttributionRequest, options: Partial<GradientShapOptions> = {}) => {
  const { data } = await gradientShapAttributer({ samples: 10, stdev: 0, baseline: { examples: 5 }, ...options }).attribute(request)
  return data
}

const linear = () => denseModel([{ kernel: [[2, 0], [-3, 1]], bias: [5, 0] }])

test('on a linear model each draw gives w (x - x0), so the map is w (x - the mean of the drawn baselines)', async () => {
  const model = await linear()
  const request = { ...requestFor(model, 0, 1), inputs: { shape: [1, 2], data: Float32Array.of(1.5, 2.5) } }
  expect([...(await mapOf(request, { baseline: [0.5, 1] }))]).toEqual([2 * 1, -3 * 1.5])
  // The draws say which baselines; the map follows to rounding.
  const drawn = Array.from({ length: 10 }, (_, draw) => (request.randomness[0]!.uniforms('@touchstone/gradient-shap', draw, 2)[0]! < 0.5 ? 0 : 1))
  const mean = drawn.reduce<number>((a, b) => a + b, 0) / 10
  expect(mean).toBeGreaterThan(0)
  expect(mean).toBeLessThan(1)
  const map = await mapOf(request, { baseline: { average: [0, 1] } })
  ;[2 * (1.5 - mean), -3 * (2.5 - mean)].forEach((value, i) => expect(map[i]).toBeCloseTo(value, 5))
})

test('in expectation it is integrated gradients averaged over the baselines, within its standard error', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks()), async (one) => {
      await onModel(one, async (_model, request) => {
        const baseline = { average: [0, 0.5] }
        const expected = (await ig({ steps: 300, baseline }).attribute(request)).data
        const runs = await Promise.all(Array.from({ length: 12 }, (_, run) => mapOf({ ...request, randomness: request.targets.map((_target, row) => createRandomness(run, `${row}`)) }, { samples: 50, baseline })))
        expected.forEach((value, i) => {
          const values = runs.map((map) => map[i]!)
          const mean = values.reduce((a, b) => a + b, 0) / values.length
          const error = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length / (values.length - 1))
          expect(Math.abs(mean - value)).toBeLessThan(8 * error + 0.02 * Math.max(1e-2, ...expected.map(Math.abs)))
        })
      })
    }),
    { numRuns: 4 },
  )
})

test('an input and its neighbours share their draws, other examples and seeds do not', async () => {
  const model = await linear()
  const [a, b] = [createRandomness(1, 'a'), createRandomness(1, 'b')]
  const x = Float32Array.of(1, 2)
  const request = { ...requestFor(model, 0), inputs: stackRows([x, x, x, x], [2]), targets: [0, 0, 0, 0], randomness: [a, a, b, createRandomness(2, 'a')] }
  const whole = { shape: [4, 2], data: await mapOf(request, { stdev: 0.2 }) }
  expect(rowAt(whole, 1)).toEqual(rowAt(whole, 0))
  expect(rowAt(whole, 2)).not.toEqual(rowAt(whole, 0))
  expect(rowAt(whole, 3)).not.toEqual(rowAt(whole, 0))
})

test('noise moves the input: on a linear model A = w (x + mean noise - x0)', async () => {
  const model = await linear()
  const request = { ...requestFor(model, 0, 1), inputs: { shape: [1, 2], data: Float32Array.of(1.5, 2.5) } }
  const noise = [0, 1].map((i) => Array.from({ length: 10 }, (_, draw) => request.randomness[0]!.normals('@touchstone/gradient-shap noise', draw, 2)[i]!).reduce((a, b) => a + b, 0) / 10)
  const map = await mapOf(request, { baseline: 0, stdev: 0.5 })
  ;[2 * (1.5 + 0.5 * noise[0]!), -3 * (2.5 + 0.5 * noise[1]!)].forEach((value, i) => expect(map[i]).toBeCloseTo(value, 5))
})

test('what is wrong is one clear error', async () => {
  const request = requestFor(await convModel(1), 1)
  const { model, inputs, targets, randomness, batchRows } = request
  await expect(mapOf({ model, inputs, targets, randomness, batchRows })).rejects.toThrow('gradient-shap: baseline { examples: 5 } needs reference data')
  await expect(mapOf(request, { baseline: { examples: 6 } })).rejects.toThrow('gradient-shap: baseline asks for 6 examples, but the dataset has 5')
  await expect(mapOf({ ...request, targets: [0, 9] })).rejects.toThrow('there is no output 9')
  for (const [options, message] of [[{ samples: 0 }, 'expected at least 1'], [{ stdev: -1 }, 'expected at least 0']] as const) {
    const resolver = new Host([plugin]).resolver()
    resolver.resolve('attributer', { use: 'gradient-shap', options }, [])
    expect(resolver.problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)])
  }
})
