import { createRandomness, Host, l2Distance, linfDistance, type Dataset, type Model, type SamplerContext } from '@touchstone/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import plugin, { nearestIndexOf, type Norm } from './index.js'

function datasetOf(inputs: readonly (readonly number[])[], inputShape: readonly number[]): Dataset & { reads: number } {
  const dataset = {
    inputShape,
    size: inputs.length,
    range: { low: 0, high: 1 },
    fingerprint: '',
    reads: 0,
    example: (index: number) => {
      dataset.reads++
      return Promise.resolve({ id: `e${index}`, input: Float32Array.from(inputs[index]!) })
    },
  }
  return dataset
}

/** Class 1 where the first value is above a half. */
const model: Model = {
  inputShape: [2],
  classCount: 2,
  outputs: 'logits',
  fingerprint: 'toy',
  mflopPerRow: 0,
  capabilities: {},
  predict: ({ shape, data }) => Promise.resolve({ shape: [shape[0]!, 2], data: Float32Array.from({ length: 2 * shape[0]! }, (_, i) => (data[2 * Math.floor(i / 2)]! - 0.5) * (i % 2 ? 1 : -1)) }),
  rowsRun: () => 0,
}

const points = [[0, 0], [0.25, 0], [0, 0.25], [1, 0], [0.25, 0.25], [0, 0]]

async function sample(options: Readonly<Record<string, unknown>>, count: number, dataset = datasetOf(points, [2]), input: readonly number[] = [0, 0]) {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const sampler = await host.open().create({ ...resolver.resolve('sampler', { use: 'neighbours', options }, [])!, kind: 'sampler' })
  const context: SamplerContext = { model, example: { id: 'e0', input: Float32Array.from(input) }, outputs: Float32Array.of(0.5, -0.5), target: 0, dataset, randomness: createRandomness(1, 'e0'), batchRows: 64, kept: (_what, _key, compute) => compute() }
  return (await sampler.sample(context, count)).map(({ input: near, rejected }) => [...near, ...(rejected === undefined ? [] : [rejected])] as [number, number, string?])
}

test('the nearest come first, without the input itself; a copy of it under another id counts', async () => {
  expect(await sample({}, 3)).toEqual([[0, 0], [0.25, 0], [0, 0.25]])
  expect(await sample({ norm: 'linf' }, 4)).toEqual([[0, 0], [0.25, 0], [0, 0.25], [0.25, 0.25]])
})

test('a radius bounds them: fewer than asked for, or none', async () => {
  expect(await sample({ radius: 0.25 }, 9)).toEqual([[0, 0], [0.25, 0], [0, 0.25]])
  expect(await sample({ radius: 0.1 }, 9, datasetOf(points.slice(0, 5), [2]))).toEqual([])
  expect(await sample({}, 9)).toHaveLength(5)
})

test('with sameClass the search goes on until there are enough; those passed over are rejected with the reason', async () => {
  expect(await sample({ sameClass: true, norm: 'linf' }, 9)).toContainEqual([1, 0, 'other class'])
  // From a point beside the boundary: three of the other class are nearer than the second of its own.
  const row = [[0.5, 0], [0.6, 0], [0.61, 0], [0.62, 0], [0.45, 0], [0.3, 0], [0.1, 0], [0.63, 0]]
  const found = async (count: number, options = {}) => (await sample({ sameClass: true, ...options }, count, datasetOf(row, [2]), [0.49, 0])).map(([x, , rejected]) => `${x.toFixed(2)}${rejected === undefined ? '' : ' -'}`)
  expect(await found(1)).toEqual(['0.45'])
  expect(await found(2)).toEqual(['0.45', '0.60 -', '0.61 -', '0.62 -', '0.63 -', '0.30'])
  expect(await found(3)).toEqual([...(await found(2)), '0.10'])
  expect(await found(9)).toEqual(await found(3))
  expect(await found(3, { radius: 0.2 })).toEqual(await found(2))
})

test('a dataset is read once, and again after a failure', async () => {
  const dataset = datasetOf(points, [2])
  await sample({}, 2, dataset)
  await sample({ norm: 'linf' }, 3, dataset)
  expect(dataset.reads).toBe(points.length)
  const broken = datasetOf([[0, NaN]], [2])
  await expect(nearestIndexOf(broken)).rejects.toThrow('neighbours: example e0 of the dataset is not 2 finite values')
  await expect(nearestIndexOf(broken)).rejects.toThrow()
  expect(broken.reads).toBe(2)
})

test('the search finds what comparing with every example finds', async () => {
  // Few different values make many equal distances.
  const cases = fc.record({
    shape: fc.constantFrom([7], [40], [5, 9], [6, 5, 2]),
    rows: fc.integer({ min: 1, max: 60 }),
    levels: fc.constantFrom(2, 5, 1000),
    seed: fc.nat(),
    norm: fc.constantFrom<Norm>('l2', 'linf'),
    count: fc.integer({ min: 0, max: 20 }),
    radius: fc.constantFrom(0.3, 1, 3, Infinity),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, rows, levels, seed, norm, count, radius }) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const inputs = Array.from({ length: rows }, (_, row) => Float32Array.from(createRandomness(seed, 'x').uniforms('x', row, size), (u) => Math.floor(u * levels) / levels))
      const distance = norm === 'l2' ? l2Distance : linfDistance
      const expected = inputs
        .map((input, row) => ({ id: `e${row}`, distance: distance(input, inputs[0]!) }))
        .filter((one) => one.id !== 'e0' && one.distance <= radius)
        .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
        .slice(0, count)
      const index = await nearestIndexOf(datasetOf(inputs.map((input) => [...input]), shape))
      expect(index.nearest({ input: inputs[0]!, except: 'e0', norm, count, radius }).map(({ id, distance: d }) => ({ id, distance: d }))).toEqual(expected)
    }),
  )
})

test('options are checked', () => {
  const resolver = new Host([plugin]).resolver()
  resolver.resolve('sampler', { use: 'neighbours', options: { norm: 'l1', radius: 0, sameClass: 1 } }, ['sampler'])
  expect(resolver.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'sampler.options.norm: expected "l2" or "linf", found "l1"',
    'sampler.options.radius: expected a number above 0, found 0',
    'sampler.options.sameClass: expected true or false, found 1',
  ])
})
