import { createRandomness, rowAt, stackRows, type Model } from '@touchstone/core'
import { attributerFromMap, networkOf } from '@touchstone/network'
import { convModel, denseModel, describeAttributer } from '@touchstone/testkit'
import { tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import plugin, { gaussLegendre, integratedGradientsMap } from './index.js'

describeAttributer(plugin, 'integrated-gradients', { steps: 5 })

// Abramowitz and Stegun, table 25.4, moved from [-1, 1] to [0, 1].
test('the three-point rule has the printed abscissas and weights', () => {
  const { points, weights } = gaussLegendre(3)
  const root = 0.774596669241483
  ;[(1 - root) / 2, 0.5, (1 + root) / 2].forEach((point, i) => expect(points[i]).toBeCloseTo(point, 14))
  ;[5 / 18, 8 / 18, 5 / 18].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 14))
})

test('a rule of n points integrates x^p exactly up to p = 2n - 1', () => {
  for (const n of [1, 2, 3, 5, 16, 50, 200, 1000, 5000]) {
    const { points, weights } = gaussLegendre(n)
    expect([...points].every((point, i) => point > (points[i - 1] ?? 0) && point < 1)).toBe(true)
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13)
    for (const p of [0, 1, 2 * n - 2, 2 * n - 1]) {
      const integral = points.reduce((sum, point, i) => sum + weights[i]! * point ** p, 0)
      expect(integral).toBeCloseTo(1 / (p + 1), 12)
    }
  }
})

async function attribute(model: Model, steps: number, baseline: number, inputs: readonly Float32Array[], target: number) {
  const maps = await attributerFromMap(integratedGradientsMap({ steps, baseline })).attribute({ model, inputs: stackRows(inputs, model.inputShape), targets: inputs.map(() => target), randomness: [], batchRows: 64 })
  return inputs.map((_, index) => rowAt(maps, index))
}

const outputs = async (model: Model, inputs: readonly Float32Array[]) => (await model.predict(stackRows(inputs, model.inputShape))).data

test('on a linear model the map is w (x - x0) with a single step', async () => {
  const model = await denseModel([{ kernel: [[2, 0], [-3, 1]], bias: [5, 0] }])
  const [map] = await attribute(model, 1, 0.5, [Float32Array.of(1.5, 2.5)], 0)
  expect([...map!]).toEqual([2 * 1, -3 * 2])
})

// f(x1, x2) = relu(relu(x1) - 1 - relu(x2)) at (3, 1): 1.5 and -0.5, the example of the paper's appendix.
test('on the function of the paper the integral is met', async () => {
  const model = await denseModel([
    { kernel: [[1, 0], [0, 1]], bias: [0, 0] },
    { kernel: [[1, 0], [-1, 0]], bias: [-1, 0] },
    { kernel: [[1, 0], [0, 1]], bias: [0, 0] },
  ])
  const [map] = await attribute(model, 1000, 0, [Float32Array.of(3, 1)], 0)
  expect(map![0]).toBeCloseTo(1.5, 2)
  expect(map![1]).toBeCloseTo(-0.5, 2)
})

test('completeness: maps add up to F(x) - F(x0), the closer the more steps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0, 0.5), fc.integer({ min: 0, max: 2 }), async (seed, baseline, target) => {
      const model = await convModel(seed)
      const inputs = [0, 1].map((draw) => Float32Array.from(createRandomness(seed, 'x').uniforms('input', draw, 128)))
      const f = await outputs(model, inputs)
      const f0 = (await outputs(model, [new Float32Array(128).fill(baseline)]))[target]!
      const gap = async (steps: number) => {
        const maps = await attribute(model, steps, baseline, inputs, target)
        return Math.max(...maps.map((map, i) => Math.abs(map.reduce((a, b) => a + b, 0) - (f[i * 3 + target]! - f0))))
      }
      const scale = Math.max(...[...f].map(Math.abs), Math.abs(f0), 1)
      // Each kink on the path costs O(1 / steps); a path of this network has few.
      expect(await gap(16)).toBeLessThan(0.2 * scale)
      expect(await gap(400)).toBeLessThan(0.01 * scale)
    }),
    { numRuns: 10 },
  )
})

test('the synchronous tensor function and the attributer agree', async () => {
  const model = await convModel(4)
  const input = Float32Array.from(createRandomness(1, 'x').uniforms('input', 0, 128))
  const [map] = await attribute(model, 20, 0, [input], 1)
  const direct = tf.tidy(() => integratedGradientsMap({ steps: 20, baseline: 0 })(networkOf(model), tf.tensor(input, [1, 8, 8, 2]), [1]))
  const values = await direct.data()
  direct.dispose()
  map!.forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 5))
})
