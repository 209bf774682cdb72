import fc from 'fast-check'
import { bootstrapMean, createRandomness } from '@touchstone/core'
import { expect, test } from 'vitest'
import { compareRuns, evaluate, type ResultRow, type Results } from './index.js'
import { robust, toyConfig } from './testing.js'

const attributers = { squares: 'times-weights', again: { use: 'times-weights', options: { nan: false } } }
const { results: plain } = await evaluate(toyConfig({ attributers, seed: 3 }))

/** The run with other scores. */
const withScores = (results: Results, change: (row: ResultRow) => number | null): Results => ({ ...results, rows: results.rows.map((row) => ({ ...row, value: change(row) })) })

test('a run compared with itself changed nowhere, and nothing differs', () => {
  const { differences, examples, scores, agreement } = compareRuns(plain, plain)
  expect(differences).toEqual([])
  expect(examples).toEqual({ a: 6, b: 6, shared: 6 })
  expect(scores.map(({ attributer }) => attributer)).toEqual(['squares', 'again'])
  const mean = plain.summary[0]!.mean
  for (const score of scores) expect(score).toMatchObject({ model: 'one', metric: 'mine', direction: 'lower', n: 6, undefined: 0, a: mean, b: mean, difference: 0, ciLow: 0, ciHigh: 0, p: 1, pHolm: 1, changed: false, rankA: 1.5, rankB: 1.5 })
  expect(agreement).toEqual([{ metric: 'mine', model: 'one', n: 6, undefined: 0, tau: null, ciLow: null, ciHigh: null }])
})

test('differences are those of examples with the same id, by whatever order they stand in', () => {
  const steps = new Map([['p0', 1], ['p1', 2], ['p2', 0.5], ['p3', 4], ['p4', 3]])
  const other = withScores(plain, ({ example, attributer, value }) => (attributer === 'again' ? value! + (steps.get(example) ?? 100) : value))
  // p5 is not in the second run.
  const b = { ...other, examples: other.examples.slice(0, 5).toReversed(), rows: other.rows.filter(({ example }) => example !== 'p5').toReversed() }
  const [squares, again] = compareRuns(plain, b).scores
  const { low, high } = bootstrapMean([...steps.values()], createRandomness(3, 'comparisons'))!
  // Five differences of one sign: 2 / 2^5; two scores are compared, and the other is as it was.
  expect(again).toMatchObject({ n: 5, undefined: 0, difference: expect.closeTo(2.1, 12) as number, ciLow: expect.closeTo(low, 12) as number, ciHigh: expect.closeTo(high, 12) as number, p: 1 / 16, pHolm: 1 / 8, changed: false, rankA: 1.5, rankB: 2 })
  expect(again!.b! - again!.a!).toBeCloseTo(2.1, 12)
  expect(squares).toMatchObject({ n: 5, difference: 0, rankB: 1 })
  expect(compareRuns(plain, b).examples).toEqual({ a: 6, b: 5, shared: 5 })
})

test('a change of all of enough examples is more than noise, and the other way round it is the same with other signs', () => {
  // Twelve examples: 2 / 2^12.
  const twice = { ...plain, examples: [...plain.examples, ...plain.examples.map(({ id, label }) => ({ id: `${id}'`, label }))], rows: [...plain.rows, ...plain.rows.map((row) => ({ ...row, example: `${row.example}'` }))] }
  fc.assert(fc.property(fc.double({ min: 0.01, max: 5, noNaN: true }), (step) => {
    const other = withScores(twice, ({ attributer, value }) => (attributer === 'again' ? value! + step : value))
    const [, there] = compareRuns(twice, other).scores
    const [, back] = compareRuns(other, twice).scores
    expect(there).toMatchObject({ p: expect.closeTo(2 ** -11, 15) as number, pHolm: expect.closeTo(2 ** -10, 15) as number, changed: true, difference: expect.closeTo(step, 10) as number, rankA: 1.5, rankB: 2 })
    expect(back).toMatchObject({ p: there!.p, changed: true, difference: -there!.difference!, ciLow: expect.closeTo(-there!.ciHigh!, 12) as number, a: there!.b, b: there!.a, rankA: 2, rankB: 1.5 })
  }), { numRuns: 10 })
})

test('undefined scores are counted, and a mean of nothing is null', () => {
  const [squares, again] = compareRuns(plain, withScores(plain, ({ attributer, example, value }) => (attributer === 'again' || example === 'p0' ? null : value))).scores
  expect(squares).toMatchObject({ n: 5, undefined: 1, difference: 0, rankA: 1, rankB: 1 })
  expect(again).toMatchObject({ n: 0, undefined: 6, a: null, b: null, difference: null, ciLow: null, p: null, pHolm: null, changed: false, rankA: null, rankB: null })
})

test('what scores depend on is told by its path, before any score', async () => {
  const { results } = await evaluate(toyConfig({ models: { one: { use: 'linear', options: { negate: true } } }, attributers: { squares: 'times-weights', other: 'times-weights' }, seed: 4, metrics: { mine: robust({ samples: 3 }) } }))
  const { differences, scores } = compareRuns(plain, results)
  expect(differences.map(({ path }) => path)).toEqual(['config.seed', 'config.models.one.options.negate', 'config.attributers.again', 'config.attributers.other', 'config.metrics.mine.options.samples', 'models.one.fingerprint'])
  expect(differences[0]).toEqual({ path: 'config.seed', a: 3, b: 4 })
  expect(differences[2]).toMatchObject({ a: { use: 'times-weights' }, b: undefined })
  expect(scores.map(({ attributer }) => attributer)).toEqual(['squares'])
})

test('runs without a score or an example in common are refused by name', async () => {
  const { results: other } = await evaluate(toyConfig({ models: { two: 'linear' } }))
  expect(() => compareRuns(plain, other, ['runs/a', 'runs/b'])).toThrow('runs/a and runs/b have no score in common, that is, no metric of the same direction for a model and an attributer of the same labels:\n  runs/a: models one; metrics mine; attributers squares, again\n  runs/b: models two; metrics mine; attributers squares\ngive the same labels to what is to be compared')
  const higher = { ...plain, summary: plain.summary.map((row) => ({ ...row, direction: 'higher' as const })) }
  expect(() => compareRuns(plain, higher)).toThrow(/^the first run and the second run have no score in common/)
  const elsewhere = { ...plain, examples: plain.examples.map(({ id, label }) => ({ id: `other/${id}`, label })) }
  expect(() => compareRuns(plain, elsewhere)).toThrow('the first run and the second run have no example in common: they hold p0, p1, p2, ... and other/p0, other/p1, other/p2, ...; compare runs on the same dataset')
})
