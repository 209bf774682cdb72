import { createRandomness, Host, rowAt, type Model, type Result, type Score } from '@touchstone/core'
import { createNetwork, modelFromNetwork } from '@touchstone/network'
import { convModel } from '@touchstone/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.js'

type Options = Readonly<Record<string, unknown>>

const scoreOf = async (use: string, options: Options = {}): Promise<Score> => {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('score', { use, options }, ['m'])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('\n'))
  return host.open().create({ ...resolved, kind: 'score' })
}

const judge = async (use: string, options: Options, model: Model, input: readonly number[], map: readonly number[], { range = { low: 0, high: 1 }, batchRows = 64, target }: { range?: { low: number; high: number }; batchRows?: number; target?: number } = {}): Promise<Result> => {
  const x = Float32Array.from(input)
  const outputs = rowAt(await model.predict({ shape: [1, ...model.inputShape], data: x }), 0)
  return (await scoreOf(use, options)).score({
    model,
    example: { id: 'x', input: x },
    outputs,
    target: target ?? outputs.indexOf(Math.max(...outputs)),
    map: { shape: model.inputShape, data: Float32Array.from(map) },
    dataset: { inputShape: model.inputShape, size: 0, range, fingerprint: 'none', example: () => Promise.reject(new Error('empty')) },
    randomness: createRandomness(1, 'x'),
    batchRows,
    predict: model.predict,
    maps: () => Promise.resolve([]),
    mapsOf: () => Promise.resolve([]),
    neighbours: () => Promise.resolve([]),
    shared: (_what, _key, compute) => compute(),
    kept: (_what, _key, compute) => compute(),
  })
}

const linear = (rows: readonly (readonly number[])[]): Model =>
  modelFromNetwork(createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [rows.length] },
      { op: 'dense', id: 'out', inputs: ['x'], weights: { kernel: { shape: [rows.length, rows[0]!.length], data: Float32Array.from(rows.flat()) } } },
    ],
    output: 'out',
  }), { dispose: true })

// F_0 - F_1 = w x, 4.25 at x.
const w = [1, -2, 0.5, 3, -0.25]
const x = [0.5, -0.5, 0.5, 0.75, -1]
const wide = { range: { low: -100, high: 100 } }
let model: Model
let conv: Model
const image = [...createRandomness(1, 'x').uniforms('x', 0, 128)]
const imageMap = [...createRandomness(2, 'x').normals('map', 0, 128)]

beforeAll(async () => {
  conv = await convModel(3)
  model = linear(w.map((value) => [value, 0]))
})

describe.each(['l2', 'linf'] as const)('on a linear model, %s', (norm) => {
  const dual = (values: readonly number[]) => (norm === 'l2' ? Math.hypot(...values) : values.reduce((sum, value) => sum + Math.abs(value), 0))
  const margin = w.reduce((sum, value, i) => sum + value * x[i]!, 0)
  const map = [5, 4, 3, -6, 1]
  // By size: 3, 0, 1, 2, 4.
  const order = [3, 0, 1, 2, 4]

  test.each(['boundary', 'bisection'] as const)('%s: a point is the distance of the plane within the set', async (attack) => {
    const options = { norm, attack, channels: 'sum-abs', starts: 1 }
    const { curve } = await judge('robustness-sr', { ...options, points: [1, 2, 5] }, model, x, map.map(Math.abs), wide)
    ;[1, 2, 5].forEach((k, i) => expect(curve!.y[i]! / (margin / dual(order.slice(0, k).map((feature) => w[feature]!)))).toBeCloseTo(1, attack === 'boundary' ? 2 : 1))
    expect(curve!.x).toEqual([0.2, 0.4, 1])
    const complement = await judge('robustness-sr-complement', { ...options, points: [0, 1, 3] }, model, x, map.map(Math.abs), wide)
    ;[0, 1, 3].forEach((k, i) => expect(complement.curve!.y[i]! / (margin / dual(order.slice(k).map((feature) => w[feature]!)))).toBeCloseTo(1, attack === 'boundary' ? 2 : 1))
  })

  test('the value is the mean height of the curve', async () => {
    const { value, curve } = await judge('robustness-sr', { norm, points: [1, 2, 5] }, model, x, map, wide)
    const [a, b, c] = curve!.y as [number, number, number]
    expect(value).toBeCloseTo((0.2 * (a + b)) / 2 / 0.8 + (0.6 * (b + c)) / 2 / 0.8, 10)
  })
})

test('signed maps rank by size or by value', async () => {
  const map = [1, 0, 0, -2, 0]
  const byValue = await judge('robustness-sr', { points: [1], channels: 'sum' }, model, x, map, wide)
  const bySize = await judge('robustness-sr', { points: [1], channels: 'sum-abs' }, linear(w.map((value) => [value, 0])), x, map, wide)
  expect(byValue.value).toBeCloseTo(4.25 / 1, 1)
  // Maps of rank 1 have one channel, the size of which is taken.
  expect(bySize.value).toBeCloseTo(4.25 / 3, 1)
})

test('the best order has the smallest area, its reverse the largest, and the complement sees it the other way', async () => {
  const sizes = w.map(Math.abs)
  const reverse = sizes.map((value) => 10 - value)
  const value = async (use: string, map: readonly number[]) => (await judge(use, { points: [1, 2, 3, 4] }, model, x, map, wide)).value!
  expect(await value('robustness-sr', sizes)).toBeLessThan(await value('robustness-sr', reverse))
  expect(await value('robustness-sr-complement', sizes)).toBeGreaterThan(await value('robustness-sr-complement', reverse))
})

test('what is reached can be named', async () => {
  const three = linear([[4, 1, 0], [0, 0, 2]])
  const at = [1, 0.5]
  // Class 1 lies 3 / 3 away, class 2 3 / sqrt(20), which lies before it on the way.
  const nearest = await judge('robustness-sr', { points: [2] }, three, at, [1, 2], wide)
  const second = await judge('robustness-sr', { points: [2], reach: 'runner-up' }, linear([[4, 1, 0], [0, 0, -9]]), at, [1, 2], wide)
  const named = await judge('robustness-sr', { points: [2], reach: 2 }, three, at, [1, 2], wide)
  expect(nearest.value).toBeCloseTo(3 / Math.sqrt(20), 2)
  expect(second.value).toBeCloseTo(1, 2)
  expect(named.value).toBeCloseTo(3 / Math.sqrt(20), 2)
  expect(await judge('robustness-sr', { points: [2], reach: 0 }, three, at, [1, 2], wide)).toMatchObject({ reason: 'the class to reach is the one that is predicted' })
  await expect(judge('robustness-sr', { points: [2], reach: 3 }, three, at, [1, 2], wide)).rejects.toThrow('reach: class 3 does not exist: the model knows 0 to 2')
})

test('on a network: monotone in k, the same for any batchRows, and no worse than the reference', async () => {
  for (const use of ['robustness-sr', 'robustness-sr-complement']) {
    const fast = await judge(use, {}, conv, image, imageMap)
    const y = use === 'robustness-sr' ? fast.curve!.y : fast.curve!.y.toReversed()
    expect(y).toHaveLength(10)
    y.slice(1).forEach((height, i) => expect(height).toBeLessThanOrEqual(y[i]!))
    for (const batchRows of [1, 7]) expect(await judge(use, {}, conv, image, imageMap, { batchRows })).toEqual(fast)
  }
  const points = { points: [0.2, 0.5, 0.8] }
  const range = { low: -2, high: 3 }
  const fast = await judge('robustness-sr', points, conv, image, imageMap, { range })
  const slow = await judge('robustness-sr-reference', { ...points, steps: 30, starts: 2 }, conv, image, imageMap, { range })
  fast.curve!.y.forEach((height, i) => expect(height).toBeLessThanOrEqual(slow.curve!.y[i]! * 1.03))
})

test('of 10 x 10 pixels the area is no more than 3 % above that of the reference', async () => {
  const random = createRandomness(9, 'ten')
  const weight = (...shape: readonly number[]) => {
    const size = shape.reduce((a, b) => a * b, 1)
    return { shape, data: Float32Array.from(random.normals(shape.join(), 0, size), (normal) => normal * Math.sqrt((2 * shape.at(-1)!) / size)) }
  }
  const ten = modelFromNetwork(createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [10, 10, 1] },
      { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'same', weights: { kernel: weight(3, 3, 1, 4), bias: weight(4) } },
      { op: 'activation', id: 'relu', name: 'relu', inputs: ['conv'] },
      { op: 'reshape', id: 'flat', shape: [-1], inputs: ['relu'] },
      { op: 'dense', id: 'out', inputs: ['flat'], weights: { kernel: weight(400, 4), bias: weight(4) } },
    ],
    output: 'out',
  }), { dispose: true })
  const points = { points: [0.1, 0.35] }
  const [pixels, map] = [[...random.uniforms('pixels', 0, 100)], [...random.normals('map', 0, 100)]]
  const fast = await judge('robustness-sr', points, ten, pixels, map)
  const slow = await judge('robustness-sr-reference', { ...points, steps: 60, starts: 2 }, ten, pixels, map)
  expect(slow.diagnostics).toMatchObject({ 'points never reached': 0 })
  expect(fast.value! / slow.value!).toBeLessThan(1.03)
  await ten.dispose?.()
})

test('an attack that never succeeds counts as the largest change there is, and is counted', async () => {
  // Within [0, 1] no value of x can turn the class.
  const { value, diagnostics } = await judge('robustness-sr', { points: [1, 2] }, linear([[1, 0], [1, -1]]), [1, 0.5], [2, 1])
  expect(value).toBeCloseTo(Math.hypot(1, 0.5), 6)
  expect(diagnostics).toMatchObject({ 'points never reached': 2 })
})

test('what cannot be judged has a reason, or a clear error', async () => {
  expect(await judge('robustness-sr', {}, conv, image, image.map(() => 2))).toMatchObject({ reason: 'the map is constant: it ranks no feature before another' })
  const other = (await conv.predict({ shape: [1, 8, 8, 2], data: Float32Array.from(image) })).data
  expect(await judge('robustness-sr', {}, conv, image, imageMap, { target: other.indexOf(Math.min(...other)) })).toMatchObject({ reason: expect.stringContaining('does not predict the class') as string })
  await expect(judge('robustness-sr', {}, { ...conv, capabilities: {} }, image, imageMap)).rejects.toThrow('use a model with a network')
  await expect(judge('robustness-sr', { points: [1000] }, conv, image, imageMap)).rejects.toThrow('expected numbers that grow, up to 64')
  await expect(judge('robustness-sr', { points: [0.5, 0.2] }, conv, image, imageMap)).rejects.toThrow('expected numbers that grow')
  await expect(scoreOf('robustness-sr', { points: [] })).rejects.toThrow('expected a list of shares')
})
