import { createRandomness } from '@touchstone/core'
import { convModel } from '@touchstone/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gameOf, mapOf, methodOf, modelOf, numbers } from './models.test.data.js'

const linear = (w: readonly number[]) => (x: Float32Array) => [w.reduce((sum, weight, i) => sum + weight * x[i]!, 3)]

test('on a linear model every removal gives w_i (x_i - b_i)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 6 }), async (seed, n) => {
      const [w, x, baseline] = [numbers(n, seed, 0), numbers(n, seed, 1), numbers(n, seed, 2)]
      const model = modelOf([n], 1, linear(w))
      for (const [use, options] of [['feature-ablation', {}], ['occlusion', { window: 1, stride: 1 }], ['shapley-exact', {}], ['shapley-sampling', { permutations: 1 }], ['kernel-shap', { coalitions: 2 * n }]] as const) {
        const map = await mapOf(use, { ...options, baseline }, model, x)
        map.forEach((value, i) => expect(value, use).toBeCloseTo(w[i]! * (x[i]! - baseline[i]!), 4))
      }
    }),
    { numRuns: 20 },
  )
})

test('what is absent can be the mean of the reference data', async () => {
  const model = modelOf([2], 1, linear([2, -3]))
  const reference = { inputShape: [2], size: 2, range: { low: 0, high: 4 }, fingerprint: 'two', example: (index: number) => Promise.resolve({ id: String(index), input: Float32Array.of(index, 3 + index) }) }
  for (const [use, options] of [['feature-ablation', {}], ['occlusion', { window: 1, stride: 1 }], ['shapley-exact', {}], ['shapley-sampling', { permutations: 1 }], ['kernel-shap', { coalitions: 4 }]] as const) {
    const map = await mapOf(use, { ...options, baseline: 'mean' }, model, [1, 1], { reference })
    ;[2 * (1 - 0.5), -3 * (1 - 3.5)].forEach((value, i) => expect(map[i], use).toBeCloseTo(value, 5))
    await expect(mapOf(use, { ...options, baseline: 'mean' }, model, [1, 1])).rejects.toThrow(`${use}: baseline "mean" needs reference data`)
  }
})

test('occlusion on an image by hand', async () => {
  // A 1x3 image of 2 channels, a product of the pixels' sums: F = (1 + 1)(2 + 0)(3 + 1).
  const model = modelOf([1, 3, 2], 1, (x) => [(x[0]! + x[1]!) * (x[2]! + x[3]!) * (x[4]! + x[5]!)])
  const x = [1, 1, 2, 0, 3, 1]
  // Windows of two pixels become 1: (1, 2) leaves 2 2 4, (2, 3) leaves 2 2 2; all channels go together.
  expect(await mapOf('occlusion', { window: [1, 2], stride: 1, baseline: 1 }, model, x)).toEqual([0, 0, 4, 4, 8, 8])
  // One channel at a time: of pixel 2 its 2 becomes 1 and F halves; its 0 becomes 1 and F grows by half.
  expect(await mapOf('occlusion', { window: [1, 1, 1], stride: 1, baseline: 1 }, model, x)).toEqual([0, 0, 8, -8, 8, 0])
  // A baseline per channel.
  expect(await mapOf('occlusion', { window: 1, stride: 1, baseline: [[[0, 1]]] }, model, x)).toEqual([8, 8, 8, 8, 12, 12])
  // Stride 2: windows at 0 and 2, the second cut at the border.
  expect(await mapOf('occlusion', { window: [1, 2], stride: [1, 2], baseline: 0 }, model, x)).toEqual([16, 16, 16, 16, 16, 16])
})

test('occlusion agrees with its definition, window by window, for any window and stride', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })).chain(([h, w]) =>
        fc.tuple(fc.constant([h, w] as const), fc.tuple(fc.integer({ min: 1, max: h }), fc.integer({ min: 1, max: w }))).chain(([shape, window]) =>
          fc.tuple(fc.constant(shape), fc.constant(window), fc.tuple(fc.integer({ min: 1, max: window[0] }), fc.integer({ min: 1, max: window[1] }))),
        ),
      ),
      fc.integer({ min: 0, max: 1e6 }),
      async ([[h, w], window, stride], seed) => {
        const [weights, x] = [numbers(h * w, seed, 0), numbers(h * w, seed, 1)]
        const f = (at: (i: number) => number) => Math.tanh(weights.reduce((sum, weight, i) => sum + weight * at(i), 0))
        const whole = f((i) => x[i]!)
        const starts = (axis: 0 | 1) => Array.from({ length: Math.ceil(([h, w][axis]! - window[axis]) / stride[axis]) + 1 }, (_, k) => k * stride[axis])
        const drops = starts(0).flatMap((top) =>
          starts(1).map((left) => {
            const covers = (i: number) => Math.floor(i / w) >= top && Math.floor(i / w) < top + window[0] && i % w >= left && i % w < left + window[1]
            return { covers, drop: whole - f((i) => (covers(i) ? 0.25 : x[i]!)) }
          }),
        )
        const map = await mapOf('occlusion', { window, stride, baseline: 0.25 }, modelOf([h, w], 1, (input) => [f((i) => input[i]!)]), x)
        map.forEach((value, i) => {
          const over = drops.filter(({ covers }) => covers(i))
          expect(value).toBeCloseTo(over.reduce((sum, { drop }) => sum + drop, 0) / over.length, 5)
        })
      },
    ),
    { numRuns: 60 },
  )
})

// F adds up all values, so a feature's effect is its sum. A 3x3 image of 2 channels.
test.each([
  { features: 'values', expected: (i: number) => [i] },
  { features: 'pixels', expected: (i: number) => [i - (i % 2), i - (i % 2) + 1] },
  { features: { blocks: [3, 1] }, expected: (i: number) => all.filter((j) => column(j) === column(i)) },
  { features: { blocks: [3, 3, 1] }, expected: (i: number) => all.filter((j) => j % 2 === i % 2) },
  // 2x2 blocks, cut at the border.
  { features: { blocks: 2 }, expected: (i: number) => all.filter((j) => row(j) < 2 === row(i) < 2 && column(j) < 2 === column(i) < 2) },
  // A number per pixel; a row for all columns and channels.
  { features: { mask: [[1, 1, 5], [1, 9, 5], [5, 5, 5]] }, expected: (i: number) => all.filter((j) => [1, 1, 5, 1, 9, 5, 5, 5, 5][j >> 1] === [1, 1, 5, 1, 9, 5, 5, 5, 5][i >> 1]) },
  { features: { mask: [[[0]], [[1]], [[0]]] }, expected: (i: number) => all.filter((j) => (row(j) === 1) === (row(i) === 1)) },
])('features $features', async ({ features, expected }) => {
  const model = modelOf([3, 3, 2], 1, (x) => [x.reduce((sum, value) => sum + value, 0)])
  const x = Array.from({ length: 18 }, (_, i) => 2 ** (i % 5) + i)
  expect(await mapOf('feature-ablation', { features }, model, x)).toEqual(x.map((_, i) => expected(i).reduce((sum, j) => sum + x[j]!, 0)))
})
const all = Array.from({ length: 18 }, (_, i) => i)
const row = (i: number) => Math.floor(i / 6)
const column = (i: number) => Math.floor((i % 6) / 2)

test('on tabular inputs a pixel is a value', async () => {
  const model = gameOf(3, (x) => x[0]! * x[1]! + x[2]!)
  expect(await mapOf('feature-ablation', { features: 'pixels' }, model, [2, 3, 4])).toEqual(await mapOf('feature-ablation', {}, model, [2, 3, 4]))
})

test('each row is explained for its own target', async () => {
  const model = modelOf([2], 2, (x) => [x[0]! * x[1]!, 5 * x[0]!])
  expect(await (await methodOf('feature-ablation')).maps(model, [[2, 3], [2, 3]], { targets: [0, 1] })).toEqual([[6, 6], [10, 0]])
})

test.each(['occlusion', 'feature-ablation', 'shapley-sampling', 'shapley-exact', 'kernel-shap'])('%s fills batches of at most batchRows rows', async (use) => {
  const options = { occlusion: { window: 2, stride: 1 }, 'shapley-sampling': { permutations: 3 }, 'kernel-shap': { coalitions: 20 } }[use] ?? {}
  const model = gameOf(6, (x) => x[0]! * x[1]! + x[5]!)
  const method = await methodOf(use, options)
  await method.maps(model, [0, 1, 2].map((draw) => numbers(6, 1, draw)), { batchRows: 7 })
  const { rows, adaptive } = method.costFor([6])
  expect(adaptive).toBeUndefined()
  expect(model.rowsRun()).toBe(3 * rows)
  expect(model.batches.slice(0, -1).every((count) => count === 7)).toBe(true)
  expect(model.batches.at(-1)).toBeLessThanOrEqual(7)
})

test('the cost is exact where the shape or a mask tells the features, else a bound that holds', async () => {
  const declared = async (use: string, options: Readonly<Record<string, unknown>>) => (await methodOf(use, options)).declared
  const mask = [[0, 1, 2], [2, 2, 3]]
  expect(await declared('feature-ablation', { features: { mask } })).toEqual({ rows: 5 })
  expect(await declared('shapley-sampling', { features: { mask }, permutations: 10 })).toEqual({ rows: 32 })
  expect(await declared('shapley-exact', { features: { mask } })).toEqual({ rows: 16 })
  expect(await declared('kernel-shap', { features: { mask } })).toEqual({ rows: 16 })
  expect(await declared('kernel-shap', { coalitions: 64 })).toEqual({ rows: 66, adaptive: true })
  expect(await declared('occlusion', { maxRows: 500 })).toEqual({ rows: 500, adaptive: true })
  expect(await declared('random', {})).toEqual({ rows: 0 })
  // MNIST: 13 x 13 windows of 4 with stride 2; 784 pixels; 49 blocks.
  const forMnist = async (use: string, options: Readonly<Record<string, unknown>>) => (await methodOf(use, options)).costFor([28, 28, 1])
  expect(await forMnist('occlusion', {})).toEqual({ rows: 170 })
  expect(await forMnist('feature-ablation', {})).toEqual({ rows: 785 })
  expect(await forMnist('shapley-sampling', { features: { blocks: 4 } })).toEqual({ rows: 25 * 48 + 2 })
  expect(await forMnist('kernel-shap', {})).toEqual({ rows: 2050 })
})

test('a stop is heeded between batches', async () => {
  const stop = new AbortController()
  const model = gameOf(6, (x) => {
    if (model.batches.length === 3) stop.abort(new Error('enough'))
    return x[0]!
  })
  await expect(mapOf('shapley-exact', {}, model, numbers(6, 0), { batchRows: 4, signal: stop.signal })).rejects.toThrow('enough')
  expect(model.batches).toHaveLength(3)
})

test('random maps are standard normal, repeat for one input, and are others for its neighbours, other examples and seeds', async () => {
  const model = modelOf([40, 50], 2, () => [0, 0])
  const { maps } = await methodOf('random')
  const x = numbers(2000, 1)
  const [first, again, neighbour] = await Promise.all([maps(model, [x, x]), maps(model, [x], { targets: [1] }), maps(model, [x.map((value) => value + 1e-3)])])
  expect(again[0]).toEqual(first[0])
  const others = [first[1]!, neighbour[0]!, (await maps(model, [x], { seed: 1 }))[0]!]
  for (const other of others) {
    // Independent standard normal numbers: their mean product has standard deviation 1 / sqrt(2000).
    expect(Math.abs(other.reduce((sum, value, i) => sum + value * first[0]![i]!, 0) / 2000)).toBeLessThan(4 / Math.sqrt(2000))
    expect(Math.abs(other.reduce((sum, value) => sum + value, 0) / 2000)).toBeLessThan(4 / Math.sqrt(2000))
    expect(Math.abs(other.reduce((sum, value) => sum + value * value, 0) / 2000 - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000))
  }
  expect(model.batches).toEqual([])
})

test('sampled methods use the same coalitions for an example and its neighbours', async () => {
  // On a model that sees whether a value is there, not how large it is, equal coalitions give equal maps.
  const model = gameOf(10, (x) => Math.tanh(x.reduce((sum, value, i) => sum + (value === 0 ? 0 : Math.sin(i + 1)), 0)))
  for (const [use, options] of [['shapley-sampling', { permutations: 2 }], ['kernel-shap', { coalitions: 40 }]] as const) {
    const map = await mapOf(use, options, model, numbers(10, 1))
    expect(await mapOf(use, options, model, numbers(10, 2))).toEqual(map)
    expect(await mapOf(use, options, model, numbers(10, 1), { seed: 1 })).not.toEqual(map)
  }
})

test('a real network: occluding everything at once is F(x) - F(baseline) everywhere', async () => {
  const model = await convModel(2)
  const x = [...Float32Array.from(createRandomness(1, 'x').uniforms('x', 0, 128))]
  const outputs = await model.predict({ shape: [2, 8, 8, 2], data: Float32Array.from([...x, ...new Array<number>(128).fill(0)]) })
  const map = await mapOf('occlusion', { window: 8, stride: 8 }, model, x, { targets: [1] })
  map.forEach((value) => expect(value).toBe(Math.fround(outputs.data[1]! - outputs.data[4]!)))
})
