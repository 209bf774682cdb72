import { createToken, defineExtension, definePlugin, resultOf, type Plugin } from '@touchstone/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { evaluate, evaluationPlugin, memoryStorage, openEvaluation, Store, type EvaluationConfig } from './index.js'
import { calls, robust, toyConfig, toyPlugin } from './testing.js'

beforeEach(() => {
  calls.length = 0
})

/** The rows that the method was asked for since the last time. */
function rowsAsked(): number {
  return calls.splice(0).reduce((a, b) => a + b, 0)
}

/** Plugins that say what code they are, as those do that are loaded by name. */
const versioned: readonly Plugin[] = [{ ...evaluationPlugin, build: '1' }, { ...toyPlugin, build: '1' }]

function config(storage = memoryStorage(), changes: Partial<EvaluationConfig> = {}): EvaluationConfig {
  return toyConfig({ plugins: versioned, store: { given: storage }, batchRows: 3, ...changes })
}

describe('what is in the store is not computed again', () => {
  test('a second run computes nothing, and finds the same', async () => {
    const storage = memoryStorage()
    const first = await evaluate(config(storage))
    expect(rowsAsked()).toBe(18)
    expect(first.run.units).toEqual({ kept: 0, computed: 12 })
    const second = await evaluate(config(storage))
    expect(rowsAsked()).toBe(0)
    expect(second.run).toMatchObject({ units: { kept: 12, computed: 0 }, rowsRun: { one: 0 } })
    expect({ ...second, run: first.run }).toEqual(first)
  })

  test.each<[string, Partial<EvaluationConfig>, number]>([
    ['a further metric asks for its neighbours alone', { metrics: { mine: robust({}), more: robust({ samples: 3 }) } }, 6 * 3],
    ['other labels change nothing', { attributers: { other: 'times-weights' }, metrics: { name: robust({}) }, models: { two: 'linear' } }, 0],
    ['batch size changes nothing', { batchRows: 64 }, 0],
    ['fewer examples are among the others', { examples: { take: 2 } }, 0],
    ['a preset or default written out changes nothing', { metrics: { mine: robust({ aggregate: 'mean' }) } }, 0],
    ['another seed is another evaluation', { seed: 8 }, 18],
    ['another target is another evaluation where it differs', { target: 'label' }, 0],
    ['and so is another class', { target: 1 }, 15],
    ['another model', { models: { one: { use: 'linear', options: { negate: true } } } }, 18],
    ['another option of the method', { attributers: { squares: { use: 'wrapper', options: { inner: 'times-weights' } } } }, 18],
    ['other code of a plugin', { plugins: [{ ...evaluationPlugin, build: '1' }, { ...toyPlugin, build: '2' }] }, 18],
    ['other code of the evaluation', { plugins: [{ ...evaluationPlugin, build: '2' }, { ...toyPlugin, build: '1' }] }, 18],
  ])('%s', async (_name, changes, rows) => {
    const storage = memoryStorage()
    await evaluate(config(storage))
    rowsAsked()
    const { results } = await evaluate(config(storage, changes))
    expect(rowsAsked()).toBe(rows)
    expect(results).toEqual((await evaluate(config(memoryStorage(), changes))).results)
  })

  test('a plugin that does not say what code it is leaves nothing behind', async () => {
    const storage = memoryStorage()
    for (let round = 0; round < 2; round++) {
      await evaluate(config(storage, { plugins: [toyPlugin] }))
      expect(rowsAsked()).toBe(18)
    }
    expect(await storage.list()).toEqual([])
  })

  test('neighbours are kept where they cost more than to measure them', async () => {
    const storage = memoryStorage()
    await evaluate(config(storage))
    expect((await (await Store.open(storage)).content()).kinds).toMatchObject({ prediction: { entries: 6 }, map: { entries: 6 }, score: { entries: 6 } })
    await evaluate(config(storage, { metrics: { mine: robust({ sampler: 'dear' }) } }))
    expect((await (await Store.open(storage)).content()).kinds).toMatchObject({ samples: { entries: 6 } })
  })
})

test('what a score or sampler asks to keep is computed once, also for later runs with other methods', async () => {
  let computed = 0
  const rows = createToken<Float64Array>('test:rows')
  const keeping = definePlugin({
    name: 'keeping',
    build: '1',
    extensions: [
      defineExtension({
        kind: 'score',
        name: 'keeps',
        summary: 'the sum of what it keeps',
        traits: { direction: 'lower', judges: 'faithfulness' },
        create: () => ({
          direction: 'lower',
          score: async ({ kept }) => {
            const values = await kept(rows, 'twelve', () => {
              computed++
              return Promise.resolve(Float64Array.of(5, 7))
            })
            return resultOf(values[0]! + values[1]!)
          },
        }),
      }),
    ],
  })
  const storage = memoryStorage()
  const changes = { plugins: [...versioned, keeping], metrics: { kept: 'keeps' } }
  const first = await evaluate(config(storage, { ...changes, attributers: { squares: 'times-weights', nested: { use: 'wrapper', options: { inner: 'times-weights' } } } }))
  expect(first.results.rows.map(({ value }) => value)).toEqual(new Array(12).fill(12))
  expect(computed).toBe(6)
  await evaluate(config(storage, { ...changes, attributers: { other: { use: 'wrapper', options: { inner: { use: 'wrapper', options: { inner: 'times-weights' } } } } } }))
  expect(computed).toBe(6)
})

describe('a run that ends early', () => {
  test.each([1, 2, 3, 5, 8, 11])('goes on where it was, after %i units: nothing twice beyond those in flight, and the same results', async (after) => {
    const storage = memoryStorage()
    const reference = (await evaluate(config())).results
    const stop = new AbortController()
    let written = 0
    const counting = { ...storage, write: async (name: string, bytes: Uint8Array) => {
      await storage.write(name, bytes)
      if (++written === after) stop.abort(new DOMException('stopped', 'AbortError'))
    } }
    const first = evaluate(config(counting), { signal: stop.signal }).then(() => 'ended', (error: unknown) => (error as Error).name)
    expect(['ended', 'AbortError']).toContain(await first)
    const before = (await (await Store.open(storage)).content()).kinds
    const { results, run } = await evaluate(config(storage))
    expect(results).toEqual(reference)
    expect(run.units.computed).toBe(12 - (before.map?.entries ?? 0) - (before.score?.entries ?? 0))
  })

  test('by the fault of a method: what others have found stays', async () => {
    const storage = memoryStorage()
    await evaluate(config(storage, { attributers: { squares: 'times-weights', fails: 'fails' } }))
    rowsAsked()
    await evaluate(config(storage))
    expect(rowsAsked()).toBe(0)
  })
})

test('what is damaged is computed again, and said so', async () => {
  const storage = memoryStorage()
  const reference = await evaluate(config(storage))
  for (const { name } of await storage.list()) {
    const bytes = (await storage.read(name))!
    bytes[bytes.length - 1]! ^= 1
    await storage.write(name, bytes)
  }
  const { results, run } = await evaluate(config(storage))
  expect(results).toEqual(reference.results)
  expect(run.warnings.length).toBeGreaterThan(0)
  for (const warning of run.warnings) expect(warning).toMatch(/^store: a \w+ in [0-9a-f]+ is damaged: it is computed again$/)
  expect((await evaluate(config(storage))).run).toMatchObject({ warnings: [], units: { computed: 0 } })
})

test('a store that forgets at once ends in an error, not in a circle', async () => {
  const storage = memoryStorage()
  await expect(evaluate(config({ ...storage, write: () => Promise.resolve() }))).rejects.toThrow('the store does not give back what was written to it, after 3 attempts')
})

test('two runs on one store at once find the same', async () => {
  const storage = memoryStorage()
  const [one, two] = await Promise.all([evaluate(config(storage)), evaluate(config(storage))])
  expect(one.results).toEqual(two.results)
  expect((await (await Store.open(storage)).verify()).damagedEntries).toEqual([])
})

test('the plan says what is there, what is missing and what it costs, and computes none of it', async () => {
  const storage = memoryStorage()
  await evaluate(config(storage, { examples: { take: 4 } }))
  rowsAsked()
  await using evaluation = await openEvaluation(config(storage, { metrics: { mine: robust({}), more: robust({ samples: 3 }) } }))
  expect(rowsAsked()).toBe(0)
  const { units, jobs, rows } = evaluation.plan
  // A map costs 1 row; a judgement its neighbours, 1 row each, and their maps.
  expect(units).toMatchObject([
    { kind: 'map', attributer: 'squares', units: 6, kept: 4, rows: 2 },
    { kind: 'score', metric: 'mine', units: 6, kept: 4, rows: 2 * 4 },
    { kind: 'score', metric: 'more', units: 6, kept: 0, rows: 6 * 6 },
  ])
  expect(rows).toBe(2 + 8 + 36)
  expect(jobs.flatMap(({ examples }) => examples.map(({ id }) => id))).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5'])
  expect(JSON.parse(JSON.stringify(evaluation.plan))).toEqual(evaluation.plan)
})
