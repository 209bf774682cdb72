import fc from 'fast-check'
import { bootstrapMean, createRandomness, type Direction } from '@touchstone/core'
import { expect, test } from 'vitest'
// Made by tools/reference/comparisons.py.
import reference from './comparisons.fixture.json' with { type: 'json' }
import * as statistics from './index.js'
import { evaluate, scoreTables, type ResultRow } from './index.js'
import { toyConfig } from './testing.js'

const compareMethods = (rows: readonly ResultRow[], ...rest: [Parameters<typeof statistics.compareMethods>[1], number]) => statistics.compareMethods(scoreTables(rows), ...rest)
const compareRankings = (rows: readonly ResultRow[], seed: number) => statistics.compareRankings(scoreTables(rows), seed)
const rankMethods = (rows: readonly ResultRow[], directions: Parameters<typeof statistics.rankMethods>[1]) => statistics.rankMethods(scoreTables(rows), directions)


const directions = new Map(Object.entries(reference.directions) as [string, Direction][])

/** The rows of tables, as an evaluation orders them. */
function rowsOf(tables: readonly { readonly model: string; readonly metric: string; readonly scores: Readonly<Record<string, readonly (number | null)[]>> }[]): readonly ResultRow[] {
  return tables.flatMap(({ model, metric, scores }) =>
    Object.values(scores)[0]!.flatMap((_, place) => Object.entries(scores).map(([attributer, values]): ResultRow => ({ model, example: `x${place}`, attributer, metric, value: values[place]! }))),
  )
}

/** One metric on one model, a column per method. */
const rowsOfOne = (scores: Readonly<Record<string, readonly (number | null)[]>>, metric = 'distance') => rowsOf([{ model: 'm', metric, scores }])

const rows = rowsOf(reference.tables)

/** Equal but for the last digits of numbers. */
const near = (expected: object): unknown => JSON.parse(JSON.stringify(expected), (_key, value: unknown) => (typeof value === 'number' ? (expect.closeTo(value, 10) as unknown) : value))

test('pairs of methods agree with SciPy and statsmodels, missing scores left out', () => {
  const found = compareMethods(rows, directions, 5)
  expect(found).toHaveLength(4 * 6)
  found.forEach((pair, index) => expect(pair).toMatchObject(near(reference.comparisons[index]!) as object))
})

test('the interval of a difference is the bootstrap of the differences', () => {
  const [pair] = compareMethods(rowsOfOne({ a: [1, 5, 2, null], b: [2, 3, 7, 1] }), directions, 5)
  const { low, high } = bootstrapMean([-1, 2, -5], createRandomness(5, 'comparisons'))!
  expect(pair).toMatchObject({ n: 3, undefined: 1, ciLow: expect.closeTo(low, 12) as number, ciHigh: expect.closeTo(high, 12) as number })
})

test('a pair with too little in common says so by null', () => {
  const nothing = { difference: null, ciLow: null, ciHigh: null, p: null, pHolm: null, better: null }
  const [ab, ac, bc] = compareMethods(rowsOfOne({ a: [1, null], b: [null, 2], c: [0, 2] }), directions, 5)
  expect(ab).toMatchObject({ n: 0, undefined: 2, ...nothing })
  expect(ac).toMatchObject({ n: 1, undefined: 1, difference: 1, ciLow: null, p: 1, pHolm: 1, better: 'c' })
  expect(bc).toMatchObject({ n: 1, difference: 0, better: null })
})

/** Scores of three methods on up to nine examples, some missing. */
const tables = fc.integer({ min: 1, max: 9 }).chain((count) => {
  const column = fc.array(fc.option(fc.integer({ min: -3, max: 3 }), { freq: 9 }), { minLength: count, maxLength: count })
  return fc.record({ a: column, b: column, c: column })
})

test('a pair the other way round has the other signs and nothing else', () => {
  fc.assert(fc.property(tables, fc.constantFrom('distance', 'similarity'), ({ a, b }, metric) => {
    const [there] = compareMethods(rowsOfOne({ a, b }, metric), directions, 5)
    const [back] = compareMethods(rowsOfOne({ b, a }, metric), directions, 5)
    const negative = (value: number | null) => (value === null ? null : (expect.closeTo(-value, 12) as number))
    expect(back).toEqual({ ...there!, attributer: 'b', against: 'a', difference: negative(there!.difference), ciLow: negative(there!.ciHigh), ciHigh: negative(there!.ciLow) })
  }), { numRuns: 30 })
})

test('neither labels nor their order change what is found', () => {
  fc.assert(fc.property(tables, tables, ({ a, b, c }, other) => {
    const both = (first: typeof other, second: typeof other) => rowsOf([{ model: 'm', metric: 'distance', scores: first }, { model: 'n', metric: 'distance', scores: second }])
    const names: Readonly<Record<string, string>> = { a: 'z', b: 'y', c: 'x' }
    const renamed = <T>(value: T): T => JSON.parse(JSON.stringify(value), (key, part: unknown) => (typeof part === 'string' && key !== 'model' && key !== 'metric' ? (names[part] ?? part) : part)) as T
    const plain = both({ a, b, c }, other)
    const labels = plain.map((row) => ({ ...row, attributer: names[row.attributer]! }))
    expect(compareMethods(labels, directions, 5)).toEqual(renamed(compareMethods(plain, directions, 5)))
    expect(rankMethods(labels, directions)).toEqual(renamed(rankMethods(plain, directions)))
    expect(compareRankings(labels, 5)).toEqual(compareRankings(plain, 5))

    const turned = both({ c, b, a }, { c: other.c, b: other.b, a: other.a })
    const byLabel = (ranks: ReturnType<typeof rankMethods>) => ranks.map(({ methods, ...rest }) => ({ ...rest, groups: undefined, methods: methods.toSorted((one, two) => (one.attributer < two.attributer ? -1 : 1)) }))
    expect(byLabel(rankMethods(turned, directions))).toEqual(near(byLabel(rankMethods(plain, directions))))
    const pHolm = (found: ReturnType<typeof compareMethods>) => new Map(found.map((pair) => [[pair.model, ...[pair.attributer, pair.against].sort()].join(), pair.pHolm]))
    expect(pHolm(compareMethods(turned, directions, 5))).toEqual(pHolm(compareMethods(plain, directions, 5)))
    expect(compareRankings(turned, 5)).toEqual(near(compareRankings(plain, 5)))
  }), { numRuns: 15 })
})

test('ranks, their test and the critical difference agree with SciPy', () => {
  const found = rankMethods(rows, directions)
  expect(found).toHaveLength(4)
  found.forEach((ranks, index) => expect(ranks).toMatchObject(near(reference.ranks[index]!) as object))
})

test('groups hold methods within the critical difference, and a method may stand in two', () => {
  // Mean ranks 1, 2, 3 of 8 examples: the critical difference of three methods is 2.343 / sqrt(8 / 2) = 1.17.
  const [ranks] = rankMethods(rowsOfOne({ worst: new Array(8).fill(3), best: new Array(8).fill(1), middle: new Array(8).fill(2) }), directions)
  expect(ranks!.methods).toEqual([{ attributer: 'best', meanRank: 1 }, { attributer: 'middle', meanRank: 2 }, { attributer: 'worst', meanRank: 3 }])
  expect(ranks!.criticalDifference).toBeCloseTo(1.172, 3)
  expect(ranks!.groups).toEqual([['best', 'middle'], ['middle', 'worst']])
  // With four times the examples it is half as large, and all are told apart.
  expect(rankMethods(rowsOfOne({ a: new Array(32).fill(3), b: new Array(32).fill(1), c: new Array(32).fill(2) }), directions)[0]!.groups).toEqual([])
})

test('methods that always tie are one group without a test; without a common example there are no ranks', () => {
  expect(rankMethods(rowsOfOne({ a: [1, 2], b: [1, 2] }), directions)).toMatchObject([{ n: 2, methods: [{ meanRank: 1.5 }, { meanRank: 1.5 }], friedman: null, p: null, groups: [['a', 'b']] }])
  expect(rankMethods(rowsOfOne({ a: [1, null], b: [null, 2] }), directions)).toEqual([{ model: 'm', metric: 'distance', n: 0, undefined: 2, methods: [], friedman: null, p: null, criticalDifference: null, groups: [] }])
  expect(rankMethods(rowsOfOne({ alone: [1, 2] }), directions)).toEqual([])
})

test("two models' rankings agree as Kendall's tau of SciPy says", () => {
  const found = compareRankings(rows, 5)
  expect(found).toHaveLength(2)
  found.forEach((agreement, index) => {
    expect(agreement).toMatchObject(near(reference.agreement[index]!) as object)
    expect(agreement.ciLow!).toBeLessThanOrEqual(agreement.tau!)
    expect(agreement.ciHigh!).toBeGreaterThanOrEqual(agreement.tau!)
  })
})

test('a model agrees with itself beyond doubt where methods never swap places, and only shared examples count', () => {
  const scores = { a: [1, 2, 3], b: [4, 6, 5], c: [9, 8, 7] }
  const turned = { a: scores.c, b: scores.b, c: scores.a }
  const pair = (second: typeof scores) => compareRankings(rowsOf([{ model: 'm', metric: 'distance', scores }, { model: 'n', metric: 'distance', scores: second }]), 5)
  expect(pair(scores)).toEqual([{ metric: 'distance', model: 'm', against: 'n', n: 3, undefined: 0, tau: 1, ciLow: 1, ciHigh: 1 }])
  expect(pair(turned)).toMatchObject([{ tau: -1, ciLow: -1, ciHigh: -1 }])
  const elsewhere = rowsOf([{ model: 'm', metric: 'distance', scores }, { model: 'n', metric: 'distance', scores }]).map((row) => (row.model === 'n' ? { ...row, example: row.example.replace('x0', 'y0') } : row))
  expect(compareRankings(elsewhere, 5)).toMatchObject([{ n: 2, undefined: 0, tau: 1 }])
})

test('an evaluation brings them with its results', async () => {
  const { results } = await evaluate(toyConfig({ models: { one: 'linear', two: { use: 'linear', options: { negate: true } } }, attributers: { squares: 'times-weights', again: { use: 'times-weights', options: { nan: false } }, broken: { use: 'times-weights', options: { nan: true } } } }))
  const same = { model: 'one', metric: 'mine', attributer: 'squares', against: 'again', n: 6, undefined: 0, difference: 0, ciLow: 0, ciHigh: 0, p: 1, pHolm: 1, better: null }
  expect(results.comparisons).toHaveLength(2 * 3)
  expect(results.comparisons[0]).toEqual(same)
  expect(results.comparisons[1]).toMatchObject({ against: 'broken', n: 0, undefined: 6 })
  expect(results.ranks.map(({ model, n, undefined: missing }) => [model, n, missing])).toEqual([['one', 0, 6], ['two', 0, 6]])
  expect(results.agreement).toEqual([{ metric: 'mine', model: 'one', against: 'two', n: 0, undefined: 6, tau: null, ciLow: null, ciHigh: null }])
})
