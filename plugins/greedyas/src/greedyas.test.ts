import { createRandomness, groupFeatures, Host, sizeOf, type Attributer, type Dataset, type Model } from '@touchstone/core'
import { createNetwork, modelFromNetwork, networkOf, type Network } from '@touchstone/network'
import { convModel, denseModel, describeAttributer } from '@touchstone/testkit'
import { describe, expect, test } from 'vitest'
import plugin, { greedyRounds, rankMap, type Method, type Objective } from './index.js'

describeAttributer(plugin, 'greedyas', { features: { blocks: 2 }, samples: 16, steps: 2 })

const range = { low: -10, high: 10 }
const dataset = (inputShape: readonly number[]): Dataset => ({ inputShape, size: 0, range, fingerprint: 'none', example: () => Promise.reject(new Error('empty')) })

const methodOf = async (options: Readonly<Record<string, unknown>>): Promise<Attributer> => {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('attributer', { use: 'greedyas', options }, ['m'])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('\n'))
  return host.open().create({ ...resolved, kind: 'attributer' })
}

const request = (model: Model, input: readonly number[], target = 0) => ({
  model,
  inputs: { shape: [1, ...model.inputShape], data: Float32Array.from(input) },
  targets: [target],
  randomness: [createRandomness(3, 'example')],
  batchRows: 64,
  reference: dataset(model.inputShape),
})

/** F_0 - F_1 = w x. */
const linear = (w: readonly number[]): Network =>
  createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [w.length] },
      { op: 'dense', id: 'out', inputs: ['x'], weights: { kernel: { shape: [w.length, 2], data: Float32Array.from(w.flatMap((value) => [value, 0])) } } },
    ],
    output: 'out',
  })

/** The features by what is left at each place. */
const placesOf = (map: ArrayLike<number>): number[] => Array.from(map, (_, i) => i).sort((i, j) => map[j]! - map[i]!)

describe('on a linear model', () => {
  // eps* of a set is (w x) / ||w_S||, so the best order is by |w|, whichever side changes.
  const w = [5, 2, 9, 12, 1, 7, 3, 10, 4, 8, 6, 11].map((size, i) => ((i % 2 === 0 ? 1 : -1) * size) / 3)
  const x = w.map((value) => Math.sign(value) * 0.5)

  // In a range so wide that a single feature is enough.
  const wide = { low: -100, high: 100 }

  test.each([
    ['greedy', 'robustness-sr'],
    ['greedy', 'robustness-sr-complement'],
    ['regression', 'robustness-sr'],
    ['regression', 'robustness-sr-complement'],
    ['one-step', 'robustness-sr'],
    ['one-step', 'robustness-sr-complement'],
  ] as const)('%s, %s: all features come by the size of their weights', async (method, objective) => {
    const model = modelFromNetwork(linear(w), { dispose: true })
    const attributer = await methodOf({ method, objective, ranked: 1, samples: 400, steps: 3 })
    const { data } = await attributer.attribute({ ...request(model, x), randomness: [createRandomness(1, 'x')], reference: { ...dataset(model.inputShape), range: wide } })
    expect(placesOf(data)).toEqual(placesOf(w.map(Math.abs)))
    expect([...data].sort((a, b) => b - a)).toEqual([...Float32Array.from(x, (_, place) => 1 - place / x.length)])
    await model.dispose?.()
  })
})

test('of a tiny network, greedy sets come close to the best of all sets', async () => {
  const random = createRandomness(5, 'tiny')
  const kernel = (rows: number, columns: number, purpose: string) => Array.from({ length: rows }, (_, row) => [...random.normals(purpose, row, columns)])
  const model = await denseModel([{ kernel: kernel(6, 8, 'a'), bias: [...random.normals('b', 0, 8)] }, { kernel: kernel(8, 3, 'c'), bias: [0, 0, 0] }])
  const input = Float32Array.from(random.normals('x', 0, 6))
  const outputs = (await model.predict({ shape: [1, 6], data: input })).data
  const target = outputs.indexOf(Math.max(...outputs))
  const { setValues } = await import('./set-values.js')
  const groups = groupFeatures('values', [6], 'test')
  const values = await setValues({ network: networkOf(model), input, target, groups, bounds: range, randomness: random, batchRows: 64 }, { objective: 'robustness-sr', norm: 'l2', steps: 30, budget: 1e6 })
  const sets = Array.from({ length: 63 }, (_, index) => Uint8Array.from({ length: 6 }, (_, bit) => ((index + 1) >> bit) & 1))
  const all = await values.of(sets)
  for (const method of ['greedy', 'regression'] as const) {
    const { data } = await (await methodOf({ method, ranked: 1, samples: 100, steps: 10 })).attribute(request(model, [...input], target))
    const order = placesOf(data)
    let ratio = 0
    // What is best on average among random sets need not be best alone.
    const first = method === 'greedy' ? 1 : 2
    for (let k = first; k <= 6; k++) {
      const best = Math.min(...all.filter((_, index) => sets[index]!.reduce((a, b) => a + b, 0) === k))
      const own = all[sets.findIndex((set) => set.every((inside, feature) => (order.indexOf(feature) < k ? 1 : 0) === inside))]!
      ratio += own / best / (7 - first)
    }
    expect(ratio).toBeLessThan(1.05)
  }
})

test('a set that the fast search does not reach is searched by bisection, if the budget pays for it', async () => {
  // F_0 - F_1 = 1 - max(x - 3, 0): flat at the start, x = 0, so that no plane leads to the boundary at 4.
  const model = await denseModel([{ kernel: [[1]], bias: [-3] }, { kernel: [[-1, 0]], bias: [1, 0] }])
  const subject = { network: networkOf(model), input: Float32Array.of(3.001), target: 0, groups: groupFeatures('values', [1], 'test'), bounds: { low: -10, high: 10 }, randomness: createRandomness(1, 'x'), batchRows: 4 }
  const { setValues } = await import('./set-values.js')
  const valueOf = async (budget: number) => {
    const values = await setValues({ ...subject, bounds: { low: 0, high: 10 } }, { objective: 'robustness-sr', norm: 'l2', steps: 1, budget })
    return { value: (await values.of([Uint8Array.of(1)], Float32Array.of(0)))[0]!, ...values.asked }
  }
  const within = await valueOf(1000)
  // Ten steps of a quarter of the radius, the radius known to a 64th of its largest.
  expect(within.value).toBeGreaterThan(0.999)
  expect(within.value).toBeLessThan(1.15)
  expect(within).toMatchObject({ unreached: 0, rows: 2 + 77 })
  expect(await valueOf(70)).toMatchObject({ unreached: 1, rows: 2 })
})

test('whoever takes the rounds may stop with the best so far', async () => {
  const network = linear([3, -0.5, 1, 4])
  const subject = { network, input: Float32Array.of(1, -1, 1, 1), target: 0, groups: groupFeatures('values', [4], 'test'), bounds: range, randomness: createRandomness(1, 'x'), batchRows: 8 }
  const options = { method: 'greedy' as Method, objective: 'robustness-sr' as Objective, norm: 'l2' as const, samples: 8, steps: 3, budget: 1e6, ranked: 1 }
  const seen: number[][] = []
  for await (const { order } of greedyRounds(subject, options)) {
    seen.push([...order])
    if (order.length === 2) break
  }
  expect(seen).toEqual([[3], [3, 0]])
  expect([...rankMap([3, 0], subject.groups.of, 4)]).toEqual([0.75, 0, 0, 1])
  const network2 = linear([3, -0.5, 1, 4])
  const stop = new AbortController()
  const rounds = greedyRounds({ ...subject, network: network2, signal: stop.signal }, options)
  await rounds.next()
  stop.abort(new Error('stopped'))
  await expect(rounds.next()).rejects.toThrow('stopped')
})

test('where the budget ends the features chosen by then are told apart, and no more rows are run', async () => {
  const model = await convModel(2)
  const input = [...createRandomness(1, 'x').uniforms('x', 0, sizeOf(model.inputShape))]
  const outputs = (await model.predict({ shape: [1, ...model.inputShape], data: Float32Array.from(input) })).data
  const target = outputs.indexOf(Math.max(...outputs))
  const before = model.rowsRun()
  const { diagnostics, data } = await (await methodOf({ budget: 900, samples: 32 })).attribute(request(model, input, target))
  expect(model.rowsRun() - before).toBeLessThanOrEqual(1200)
  expect(diagnostics!['features-ranked']![0]).toBeGreaterThan(0)
  expect(diagnostics!['features-ranked']![0]).toBeLessThan(64)
  expect(data.filter((value) => value > 0)).toHaveLength(diagnostics!['features-ranked']![0]!)
  await expect((await methodOf({ budget: 10 })).attribute(request(model, input, target))).rejects.toThrow('budget = 10 rows end before the first round')
})

test('bad input is told in one sentence', async () => {
  const model = await convModel(2)
  const input = [...createRandomness(1, 'x').uniforms('x', 0, 128)]
  // A segmentation that does not cover the image.
  await expect((await methodOf({ features: { mask: [[0, 0, 1], [0, 0, 1]] } })).attribute(request(model, input))).rejects.toThrow('greedyas: features.mask has shape [2, 3], which does not fit inputs of shape [8, 8, 2]')
  const { model: given, inputs, targets, randomness, batchRows } = request(model, input)
  await expect((await methodOf({})).attribute({ model: given, inputs, targets, randomness, batchRows })).rejects.toThrow('an evaluation takes its dataset')
  await expect((await methodOf({})).attribute(request({ ...model, capabilities: {} }, input))).rejects.toThrow('use a model with a network')
  await expect(methodOf({ ranked: 0 })).rejects.toThrow('expected more than 0')
  // A class that is not predicted has no change to look for.
  const outputs = (await model.predict({ shape: [1, 8, 8, 2], data: Float32Array.from(input) })).data
  const other = outputs.indexOf(Math.min(...outputs))
  const { data, diagnostics } = await (await methodOf({})).attribute(request(model, input, other))
  expect(data.every((value) => value === 0)).toBe(true)
  expect(diagnostics!['features-ranked']).toEqual([0])
})
