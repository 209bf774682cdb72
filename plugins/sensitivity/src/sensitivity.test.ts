import comparisons from '@touchstone/comparisons'
import { createRandomness, defineExtension, definePlugin, Host, option, pluginFault, ref, resultOf, type Comparison, type Option, type Plugin, type Sampler, type SamplerContext } from '@touchstone/core'
import neighbours from '@touchstone/neighbours'
import noise from '@touchstone/noise'
import { expect, test } from 'vitest'
import plugin from './index.js'

/** A schema that takes whatever has the type of an example. */
function like<T>(example: T): Option<T>['schema'] {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => (typeof value === typeof example ? { value: value as T } : { issues: [{ message: `expected a ${typeof example}` }] }) } }
}

const seen: { sampler: Sampler; comparison: Comparison; aggregate: string }[] = []

/** Has the options of the real `robustness`, and does nothing with them. */
const robustness = defineExtension({
  kind: 'score',
  name: 'robustness',
  summary: 'a stand-in',
  traits: { direction: 'as its comparison', judges: 'robustness' },
  options: {
    sampler: ref('sampler', { summary: 'the neighbours' }),
    comparison: ref('comparison', { summary: 'the distance' }),
    relativeTo: option(like(''), { summary: 'the divisor', default: 'none' }),
    aggregate: option(like(''), { summary: 'of the distances', default: 'mean' }),
    quantile: option(like(0), { summary: 'which', default: 0.9 }),
    samples: option(like(0), { summary: 'how many', default: 10 }),
    minAccepted: option(like(0), { summary: 'at least', default: 1 }),
  },
  cost: ({ sampler, samples }) => ({ rows: sampler.rows * samples, maps: samples }),
  create: ({ sampler, comparison, aggregate }) => {
    seen.push({ sampler, comparison, aggregate })
    return { direction: 'lower', score: () => Promise.resolve(resultOf(0)) }
  },
})

const evaluation = definePlugin({ name: '@touchstone/evaluation', extensions: [robustness] })

function resolve(plugins: readonly Plugin[], input: unknown) {
  const host = new Host(plugins)
  const resolver = host.resolver()
  const resolved = resolver.resolve('score', input, ['metrics', 'mine'])
  return { host, resolved, problems: resolver.problems.map(({ path, message, source }) => `${path.join('.')}: ${message} [${source}]`) }
}

const all = [evaluation, neighbours, noise, comparisons, plugin]

test('it is a plugin', () => {
  expect(pluginFault(plugin)).toBeUndefined()
})

test.each([['sensitivity', 'mean'], ['max-sensitivity', 'worst']])('%s is robustness under uniform noise, relative to the norm of the map, by %s', async (name, aggregate) => {
  const { host, resolved, problems } = resolve(all, name)
  expect(problems).toEqual([])
  expect(resolved).toEqual({
    kind: 'score',
    use: 'robustness',
    preset: name,
    package: '@touchstone/evaluation',
    options: {
      sampler: { kind: 'sampler', use: 'noise', package: '@touchstone/noise', options: { kind: 'uniform', radius: 0.1, clip: true, sameClass: false } },
      comparison: { kind: 'comparison', use: 'l2', package: '@touchstone/comparisons', options: {} },
      relativeTo: 'map-norm',
      aggregate,
      quantile: 0.9,
      samples: 10,
      minAccepted: 1,
    },
  })
  expect(host.cost(resolved!)).toEqual({ rows: 10, maps: 10 })

  await host.open().create({ ...resolved!, kind: 'score' })
  const { sampler, comparison } = seen.at(-1)!
  expect(comparison.measures).toBe('distance')
  const input = Float32Array.of(0, 0.5, 1)
  const neighbours = await sampler.sample(contextOf(input), 10)
  for (const { inputDistance } of neighbours) expect(inputDistance.linf).toBeLessThanOrEqual(0.1 + 1e-7)
  for (const { input: neighbour } of neighbours) for (const value of neighbour) expect(value >= 0 && value <= 1).toBe(true)
})

test.each([
  ['max-sensitivity-yeh', { samples: 50, aggregate: 'worst', relativeTo: 'map-norm', sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.2, clip: false, sameClass: false } } }],
  ['max-sensitivity-captum', { samples: 10, aggregate: 'worst', relativeTo: 'map-norm', sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.02, clip: false, sameClass: false } } }],
  ['max-sensitivity-quantus', { samples: 200, aggregate: 'worst', relativeTo: 'map-norm', sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.2, clip: false, sameClass: false } } }],
  ['sensitivity-quantus', { samples: 200, aggregate: 'mean', relativeTo: 'map-norm', sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.2, clip: false, sameClass: false } } }],
  ['local-lipschitz', { samples: 10, aggregate: 'worst', relativeTo: 'input-distance', sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.1, clip: true } } }],
  ['sensitivity-bhatt', { samples: 10, aggregate: 'mean', relativeTo: 'none', sampler: { use: 'neighbours', options: { norm: 'l2', sameClass: true } } }],
  ['max-sensitivity-bhatt', { samples: 10, aggregate: 'worst', relativeTo: 'none', sampler: { use: 'neighbours', options: { norm: 'l2', sameClass: true } } }],
])('%s has the defaults that it is named for', (name, options) => {
  const { resolved, problems } = resolve(all, name)
  expect(problems).toEqual([])
  expect(resolved).toMatchObject({ use: 'robustness', options: { comparison: { use: 'l2' }, ...options } })
})

test('the neighbours of Bhatt et al. come from another package', () => {
  expect(resolve([evaluation, comparisons, plugin], 'sensitivity-bhatt').problems).toEqual(['metrics.mine: needs sampler "neighbours": install @touchstone/neighbours and add it to plugins [@touchstone/sensitivity]'])
})

test('what the user gives replaces what the preset gives', () => {
  const { resolved } = resolve(all, { use: 'sensitivity', options: { samples: 50, sampler: { use: 'noise', options: { radius: 0.02, clip: false } } } })
  expect(resolved?.options).toMatchObject({ samples: 50, relativeTo: 'map-norm', sampler: { options: { radius: 0.02, clip: false } } })
})

test('a package that is missing is named', () => {
  expect(resolve([evaluation, comparisons, plugin], 'sensitivity').problems).toEqual(['metrics.mine: needs sampler "noise": install @touchstone/noise and add it to plugins [@touchstone/sensitivity]'])
  expect(resolve([evaluation, plugin], 'max-sensitivity').problems).toEqual([
    'metrics.mine: needs sampler "noise": install @touchstone/noise and add it to plugins [@touchstone/sensitivity]',
    'metrics.mine: needs comparison "l2": install @touchstone/comparisons and add it to plugins [@touchstone/sensitivity]',
  ])
})

function contextOf(input: Float32Array): SamplerContext {
  return {
    model: {
      inputShape: [input.length],
      classCount: 1,
      outputs: 'logits',
      fingerprint: 'toy',
      mflopPerRow: 0,
      capabilities: {},
      predict: ({ shape }) => Promise.resolve({ shape: [shape[0]!, 1], data: new Float32Array(shape[0]!) }),
      rowsRun: () => 0,
    },
    example: { id: 'a', input },
    kept: (_what, _key, compute) => compute(),
    outputs: Float32Array.of(0),
    target: 0,
    dataset: { inputShape: [input.length], size: 1, range: { low: 0, high: 1 }, fingerprint: '', example: () => Promise.resolve({ id: 'a', input }) },
    randomness: createRandomness(1, 'a'),
    batchRows: 64,
  }
}
