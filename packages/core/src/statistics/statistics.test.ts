import fc from 'fast-check'
import { expect, test } from 'vitest'
import scipy from './scipy.fixture.json' with { type: 'json' }
import { ascending, bootstrapMean, createRandomness, descending, kendallTauB, mean, overlap, pearson, quantile, ranks, spearman, topK } from '../index.js'

/** Few distinct values, so that ties are common. */
const tied = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 40 })
const pairOfTied = fc.integer({ min: 2, max: 40 }).chain((n) => {
  const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n, maxLength: n })
  return fc.tuple(values, values)
})

test('ranks share the mean of what they span', () => {
  expect([...ranks([10, 20, 20, 5, 20])]).toEqual([2, 4, 4, 1, 4])
})

test('each rank is one more than the smaller values and half the other equal ones', () => {
  fc.assert(fc.property(tied, (values) => {
    const slow = values.map((v) => values.filter((u) => u < v).length + (values.filter((u) => u === v).length + 1) / 2)
    expect([...ranks(values)]).toEqual(slow)
  }))
})

test('tau-b equals its definition over all pairs', () => {
  fc.assert(fc.property(pairOfTied, ([a, b]) => {
    let s = 0
    let untiedA = 0
    let untiedB = 0
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < i; j++) {
        s += Math.sign(a[i]! - a[j]!) * Math.sign(b[i]! - b[j]!)
        untiedA += a[i] === a[j] ? 0 : 1
        untiedB += b[i] === b[j] ? 0 : 1
      }
    }
    const tau = untiedA * untiedB === 0 ? Number.NaN : s / Math.sqrt(untiedA * untiedB)
    if (Number.isNaN(tau)) expect(kendallTauB(a, b)).toBeNaN()
    else expect(kendallTauB(a, b)).toBeCloseTo(tau, 12)
  }), { numRuns: 300 })
})

// Made by tools/reference/statistics.py.
test.each(scipy.cases)('correlations agree with SciPy (%#)', ({ a, b, ...expected }) => {
  expect(kendallTauB(a, b)).toBeCloseTo(expected.kendallTauB, 12)
  expect(spearman(a, b)).toBeCloseTo(expected.spearman, 12)
  expect(pearson(a, b)).toBeCloseTo(expected.pearson, 12)
})

test('a constant side has no correlation', () => {
  for (const correlation of [kendallTauB, spearman, pearson]) expect(correlation([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN()
})

test('correlations are symmetric, bounded, and 1 with themselves', () => {
  fc.assert(fc.property(pairOfTied, ([a, b]) => {
    for (const correlation of [kendallTauB, spearman, pearson]) {
      const value = correlation(a, b)
      if (Number.isNaN(value)) continue
      expect(correlation(b, a)).toBeCloseTo(value, 12)
      expect(Math.abs(value)).toBeLessThanOrEqual(1)
      expect(correlation(a, a)).toBeCloseTo(1, 12)
    }
  }))
})

test('top-k takes larger values first, equal ones by index, and counts those it left out', () => {
  const { indices, tiesAtCut } = topK([3, 9, 3, 3, 1, 3], 3)
  expect([...indices]).toEqual([1, 0, 2])
  expect(tiesAtCut).toBe(2)
  expect([...topK([1, 2], 5).indices]).toEqual([1, 0])
  expect(topK([0, 0], 0)).toEqual({ indices: new Uint32Array(0), tiesAtCut: 0 })
  expect(overlap(Uint32Array.of(1, 5, 7), Uint32Array.of(7, 2, 1))).toBe(2)
})

test('the bootstrap interval has the width of normal theory, holds the mean, and repeats', () => {
  const values = createRandomness(1, 'data').normals('x', 0, 200)
  const interval = bootstrapMean(values, createRandomness(7, 'b'))!
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / 199)
  expect(interval.high - interval.low).toBeCloseTo((2 * 1.96 * sd) / Math.sqrt(200), 1)
  expect(interval.low).toBeLessThan(mean(values))
  expect(interval.high).toBeGreaterThan(mean(values))
  expect(bootstrapMean(values, createRandomness(7, 'b'))).toEqual(interval)
  expect(bootstrapMean([1], createRandomness(7, 'b'))).toBeUndefined()
})

test('the interval covers the true mean about as often as it says', () => {
  let covered = 0
  for (let trial = 0; trial < 200; trial++) {
    const { low, high } = bootstrapMean(createRandomness(trial, 'coverage').uniforms('u', 0, 40), createRandomness(trial, 'b'), 0.9, 400)!
    if (low <= 0.5 && 0.5 <= high) covered++
  }
  // 90 % of 200, give or take three standard deviations, less the known shortfall of percentile intervals at n = 40.
  expect(covered).toBeGreaterThan(165)
  expect(covered).toBeLessThan(195)
})

test('quantiles interpolate as R type 7', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(quantile([1, 2, 3, 4], 0)).toBe(1)
  expect(quantile([1, 2, 3, 4], 1)).toBe(4)
})

/** Values of all sizes and signs, both zeros and ties among them; long enough for the sort by digits. */
const many = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 }), fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-300, Number.MAX_VALUE)), { minLength: 250, maxLength: 700 })

test('orders go up or down, equal values by index, 0 and -0 being equal', () => {
  fc.assert(fc.property(many, (values) => {
    const indices = values.map((_, index) => index)
    expect([...ascending(values)]).toEqual(indices.toSorted((i, j) => values[i]! - values[j]! || i - j))
    expect([...descending(values)]).toEqual(indices.toSorted((i, j) => (values[i]! < values[j]! ? 1 : values[i]! > values[j]! ? -1 : i - j)))
    const start = Uint32Array.from(indices.toReversed())
    expect([...ascending(values, start)]).toEqual(indices.toSorted((i, j) => values[i]! - values[j]! || j - i))
  }))
})

test('the top k of many values are the first of the descending order', () => {
  fc.assert(fc.property(many, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
    const k = Math.floor(share * values.length)
    const { indices, tiesAtCut } = topK(values, k)
    const order = descending(values)
    expect([...indices]).toEqual([...order.slice(0, k)])
    if (k > 0) expect(tiesAtCut).toBe(order.slice(k).filter((index) => values[index] === values[order[k - 1]!]).length)
  }))
})

test.each([['many', 1000], ['a few each', 7]])('values that differ in their last bits alone, %s of them together, are sorted as well', (_name, together) => {
  const uniforms = createRandomness(1, 'order').uniforms('bits', 0, 4000)
  // The same upper half, a different lower one, with ties.
  const values = uniforms.map((u, index) => 1 + Math.floor(index / together) / 8 + Math.floor(u * 500) * 2 ** -51)
  for (const all of [values, values.map((value) => -value)]) {
    const indices = Array.from(all.keys())
    expect([...ascending(all)]).toEqual(indices.toSorted((i, j) => all[i]! - all[j]! || i - j))
    expect([...descending(all)]).toEqual(indices.toSorted((i, j) => all[j]! - all[i]! || i - j))
  }
})

test('the k largest of long lists are those of a sort, also where a sample of them misleads', () => {
  const n = 9000
  const lists = {
    normal: createRandomness(1, 'x').normals('long', 0, n),
    'with ties': createRandomness(1, 'x').uniforms('long', 0, n).map((value) => Math.floor(20 * value)),
    constant: new Float64Array(n).fill(3),
    // Large values in the first places alone, and between the places of a sample.
    ascending: Float64Array.from({ length: n }, (_, index) => index),
    'few large ones': Float64Array.from({ length: n }, (_, index) => (index < 40 ? 100 - index : 0)),
    periodic: Float64Array.from({ length: n }, (_, index) => (index % 17 === 3 ? index : -index)),
  }
  for (const [name, values] of Object.entries(lists)) {
    const order = Array.from(values.keys()).sort((i, j) => values[j]! - values[i]! || i - j)
    for (const k of [1, 50, 1000, 2249, 4000]) {
      const { indices, tiesAtCut } = topK(values, k)
      expect([...indices], `${name}, ${k}`).toEqual(order.slice(0, k))
      expect(tiesAtCut).toBe(order.slice(k).filter((index) => values[index] === values[order[k - 1]!]).length)
    }
  }
})
