import { defineExtension, definePlugin } from '@touchstone/core'
import { evaluate } from '@touchstone/evaluation'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { modelOf, numbers } from './scores.test.data.js'

const shape = [4, 4, 1]
const examples = 3

const toys = definePlugin({
  name: 'toys',
  extensions: [
    defineExtension({ kind: 'model', name: 'smooth', summary: 'a model that is not linear', traits: { formats: [] }, create: () => modelOf(shape, (x) => [Math.tanh(x.reduce((a, b) => a + b, 0) + x[3]! * x[7]!), x[0]! * x[1]!]) }),
    defineExtension({
      kind: 'dataset',
      name: 'noise',
      summary: 'random images',
      traits: { formats: [] },
      create: () => ({ inputShape: shape, size: examples, range: { low: 0, high: 1 }, fingerprint: '', example: (index) => Promise.resolve({ id: `e${index}`, input: Float32Array.from(numbers(16, index)) }) }),
    }),
    ...Array.from({ length: 8 }, (_, method) =>
      defineExtension({
        kind: 'attributer',
        name: `method-${method}`,
        summary: 'a map that asks nothing of the model',
        traits: { signed: true, needs: [], differentiable: 'no' },
        cost: () => ({ rows: 0 }),
        create: () => ({ attribute: ({ inputs }) => Promise.resolve({ shape: inputs.shape, data: inputs.data.map((value, index) => value * Math.cos((index % 16) * (method + 1))) }) }),
      }),
    ),
  ],
})

async function run(methods: number, metrics: Readonly<Record<string, string | object>>, batchRows = 64) {
  const attributers = Object.fromEntries(Array.from({ length: methods }, (_, method) => [`m${method}`, `method-${method}`]))
  const { results, run: record } = await evaluate({ plugins: [toys, plugin], models: { one: 'smooth' }, dataset: 'noise', examples: { take: examples }, attributers, metrics: metrics as Record<string, string>, batchRows })
  return { rows: record.rowsRun.one!, results }
}

// One more for the class of the baseline.
test.each([
  ['fidelity', { runs: 40 }, 40 + 1],
  ['infidelity', { runs: 30 }, 30 + 1],
  ['infidelity', { runs: 20, perturbation: { noise: 0.1 } }, 20],
  ['sensitivity-n', { runs: 10, sizes: [1, 4, { share: 0.5 }] }, 30 + 1],
  ['monotonicity-correlation', { samples: 2 }, 32],
])('%s %j sends its rows once, for one method as for eight', async (use, options, shared) => {
  const none = examples
  for (const methods of [1, 8]) expect((await run(methods, { it: { use, options } })).rows).toBe(none + examples * shared)
})

test('scores that take away the same share what the model says', async () => {
  const { rows, results } = await run(8, { a: { use: 'fidelity', options: { runs: 40 } }, b: { use: 'infidelity', options: { runs: 40 } }, c: { use: 'sensitivity-n', options: { runs: 40, sizes: [{ share: 0.5 }] } } })
  expect(rows).toBe(examples + examples * (40 + 1))
  const values = (metric: string) => results.rows.filter((row) => row.metric === metric).map(({ value }) => value)
  expect(values('c')).toEqual(values('a'))
})

test('results are the same for any batchRows', async () => {
  const metrics = Object.fromEntries(['fidelity', 'infidelity', 'insertion', 'deletion', 'pixel-flipping', 'monotonicity', 'monotonicity-correlation', 'road', 'sensitivity-n'].map((use) => [use, use]))
  const [first, ...others] = await Promise.all([64, 1, 7].map(async (batchRows) => JSON.stringify((await run(2, metrics, batchRows)).results)))
  for (const other of others) expect(other).toBe(first)
})
