import { createRandomness, Host, type Dataset, type Model, type OptionsOf, type SamplerContext } from '@touchstone/core'
import { expect, test } from 'vitest'
import plugin, { noise } from './index.js'

const size = 400
const range = { low: 0, high: 1 }

/** Class 1 where the first value is above a half. */
const model: Model = {
  inputShape: [size],
  classCount: 2,
  outputs: 'logits',
  fingerprint: 'toy',
  mflopPerRow: 0,
  capabilities: {},
  predict: ({ shape, data }) => Promise.resolve({ shape: [shape[0]!, 2], data: Float32Array.from({ length: 2 * shape[0]! }, (_, i) => (data[Math.floor(i / 2) * size]! - 0.5) * (i % 2 ? 1 : -1)) }),
  rowsRun: () => 0,
}

function contextOf(id: string, value = 0.5, first = value): SamplerContext {
  const input = new Float32Array(size).fill(value)
  input[0] = first
  const dataset: Dataset = { inputShape: [size], size: 1, range, fingerprint: '', example: () => Promise.reject(new Error('not needed')) }
  const outputs = Float32Array.of(-(first - 0.5), first - 0.5)
  return { model, example: { id, input }, outputs, target: first > 0.5 ? 1 : 0, dataset, randomness: createRandomness(7, id), batchRows: 64, kept: (_what, _key, compute) => compute() }
}

const defaults: OptionsOf<typeof noise.options> = { kind: 'uniform', radius: 0.1, clip: true, sameClass: false }

async function sample(options: Partial<typeof defaults>, context: SamplerContext, count: number) {
  return (await noise.create({ ...defaults, ...options }, {})).sample(context, count)
}

const changes = (neighbours: readonly { readonly input: Float32Array }[], from: number) => neighbours.flatMap(({ input }) => [...input].map((value) => value - from))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('the same context gives the same neighbours, another example others', async () => {
  for (const kind of ['uniform', 'gaussian'] as const) {
    const neighbours = await sample({ kind }, contextOf('a'), 3)
    expect(await sample({ kind }, contextOf('a'), 3)).toEqual(neighbours)
    expect((await sample({ kind }, contextOf('b'), 3))[0]!.input).not.toEqual(neighbours[0]!.input)
    expect(neighbours[1]!.input).not.toEqual(neighbours[0]!.input)
  }
})

test('neighbour i is the same whatever the count', async () => {
  const ten = await sample({ sameClass: true }, contextOf('a'), 10)
  expect(ten).toHaveLength(10)
  expect(await sample({ sameClass: true }, contextOf('a'), 4)).toEqual(ten.slice(0, 4))
  expect(await sample({}, contextOf('a'), 0)).toEqual([])
})

test('uniform noise fills its radius evenly and stays within', async () => {
  const neighbours = await sample({ radius: 0.2, clip: false }, contextOf('a'), 100)
  for (const { inputDistance } of neighbours) expect(inputDistance.linf).toBeLessThanOrEqual(0.2 + 1e-7)
  const all = changes(neighbours, 0.5)
  // Four standard errors of a mean and of a variance of 40,000 uniform numbers: variance r^2/3, fourth moment r^4/5.
  expect(Math.abs(mean(all))).toBeLessThan((4 * 0.2) / Math.sqrt(3 * all.length))
  expect(Math.abs(mean(all.map((v) => v * v)) - 0.04 / 3)).toBeLessThan(4 * 0.04 * Math.sqrt((1 / 5 - 1 / 9) / all.length))
})

test('Gaussian noise has mean 0 and its radius as standard deviation', async () => {
  const all = changes(await sample({ kind: 'gaussian', radius: 0.3, clip: false }, contextOf('a'), 100), 0.5)
  expect(Math.abs(mean(all))).toBeLessThan((4 * 0.3) / Math.sqrt(all.length))
  expect(Math.abs(mean(all.map((v) => v * v)) - 0.09)).toBeLessThan(4 * 0.09 * Math.sqrt(2 / all.length))
  expect(Math.max(...all.map(Math.abs))).toBeGreaterThan(3 * 0.3)
})

test('clip keeps values in the range of the dataset; without it they leave', async () => {
  const near = contextOf('a', 0.95)
  const [clipped, free] = [(await sample({}, near, 1))[0]!.input, (await sample({ clip: false }, near, 1))[0]!.input]
  expect(Math.max(...clipped)).toBe(1)
  expect(Math.max(...free)).toBeGreaterThan(1)
  expect(clipped).toEqual(free.map((value) => Math.min(1, value)))
})

test('other radii stretch the same noise', async () => {
  const [narrow, wide] = [(await sample({ radius: 0.1, clip: false }, contextOf('a'), 1))[0]!, (await sample({ radius: 0.2, clip: false }, contextOf('a'), 1))[0]!]
  expect(wide.inputDistance.l2).toBeCloseTo(2 * narrow.inputDistance.l2, 5)
})

test('sameClass rejects neighbours of another class, with the reason, and keeps them in the list', async () => {
  const border = contextOf('a', 0.5, 0.52)
  const judged = await sample({ sameClass: true }, border, 40)
  const rejected = judged.filter(({ rejected: reason }) => reason !== undefined)
  expect(rejected.length).toBeGreaterThan(5)
  expect(rejected.length).toBeLessThan(35)
  for (const neighbour of judged) {
    expect(neighbour.rejected).toBe(neighbour.predicted === 1 ? undefined : 'other class')
    expect(neighbour.predicted).toBe(neighbour.input[0]! > 0.5 ? 1 : 0)
    expect(neighbour.logitDistance).toBeCloseTo(0.52 - neighbour.input[0]!, 5)
  }
  expect((await sample({}, border, 40)).every(({ rejected: reason }) => reason === undefined)).toBe(true)
})

test('the input itself is left as it was', async () => {
  const context = contextOf('a')
  await sample({}, context, 2)
  expect(new Set(context.example.input)).toEqual(new Set([0.5]))
})

test('options are checked, defaults filled in, and a neighbour costs one row', () => {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('sampler', 'noise', [])!
  expect(resolved.options).toEqual(defaults)
  expect(host.cost(resolved)).toEqual({ rows: 1 })
  resolver.resolve('sampler', { use: 'noise', options: { kind: 'normal', radius: 0, clip: 'no', sameClass: 1 } }, ['sampler'])
  resolver.resolve('sampler', { use: 'noise', options: { radius: 'wide' } }, ['sampler'])
  expect(resolver.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'sampler.options.kind: expected "uniform" or "gaussian", found "normal"',
    'sampler.options.radius: expected a number above 0, found 0',
    'sampler.options.clip: expected true or false, found "no"',
    'sampler.options.sameClass: expected true or false, found 1',
    'sampler.options.radius: expected a number above 0, found "wide"',
  ])
})
