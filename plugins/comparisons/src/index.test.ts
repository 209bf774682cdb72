import { Host } from '@touchstone/core'
import { expect, test } from 'vitest'
import plugin from './index.js'

function resolve(use: string, options: Record<string, unknown> = {}) {
  const resolver = new Host([plugin]).resolver()
  const resolved = resolver.resolve('comparison', { use, options }, ['comparison'])
  return { resolved, problems: resolver.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) }
}

test('every comparison resolves with its defaults and says what it measures', async () => {
  expect(plugin.extensions.map(({ name }) => name)).toEqual(['l2', 'linf', 'unit-l2', 'relative-l2', 'cosine', 'top-k', 'spearman', 'kendall', 'mass-centre'])
  await using host = new Host([plugin])
  await using scope = host.open()
  const map = { shape: [2, 2, 1], data: Float32Array.of(1, 2, 3, 4) }
  for (const { name, traits } of plugin.extensions) {
    const instance = await scope.create({ ...resolve(name).resolved!, kind: 'comparison' })
    expect(traits).toMatchObject({ measures: instance.measures })
    expect(instance.compare(map, map).value).toBeCloseTo(instance.measures === 'distance' ? 0 : 1, 12)
  }
  expect(resolve('top-k').resolved?.options).toEqual({ k: 0.1, channels: 'sum-abs' })
})

test.each([
  ['top-k', { k: 0 }, 'comparison.options.k: expected a whole number of features from 1, or a share of them between 0 and 1, found 0'],
  ['top-k', { k: 1.5 }, 'comparison.options.k: expected a whole number of features from 1, or a share of them between 0 and 1, found 1.5'],
  ['top-k', { k: '100' }, 'comparison.options.k: expected a whole number of features from 1, or a share of them between 0 and 1, found "100"'],
  ['kendall', { channels: 'abs' }, 'comparison.options.channels: expected "sum-abs", "sum" or "keep", found "abs"'],
  ['l2', { channels: 'sum' }, 'comparison.options.channels: "l2" has no such option; there are none'],
])('%s refuses %j and says what it expects', (use, options, problem) => {
  expect(resolve(use, options).problems).toEqual([problem])
})
