import fc from 'fast-check'
import { expect, test } from 'vitest'
// Made by tools/reference/significance.py.
import reference from './significance.fixture.json' with { type: 'json' }
import { bootstrapMean, bootstrapMeans, chiSquareTail, createRandomness, friedmanTest, holm, normalTail, resampledMeans, signedRankTest, studentisedRange, wilsonInterval } from '../index.js'

/** Within `digits` digits of a number of any size. */
const close = (value: number, expected: number, digits: number) => expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.abs(expected) * 10 ** -digits)

/** Differences with ties and zeros. */
const differences = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 80 })

test('tails of the normal and chi-square distributions agree with SciPy, far out too', () => {
  for (const [z, expected] of reference.normalTail) close(normalTail(z!), expected!, 12)
  for (const [x, degrees, expected] of reference.chiSquareTail) close(chiSquareTail(x!, degrees!), expected!, 12)
})

test('the studentised range agrees with SciPy, and with the table of Demsar (2006) once divided by sqrt 2', () => {
  for (const [count, alpha, expected] of reference.studentisedRange) close(studentisedRange(count!, alpha), expected!, 9)
  // The paper divides quantiles that were rounded before.
  const table = [1.96, 2.343, 2.569, 2.728, 2.85, 2.949, 3.031, 3.102, 3.164]
  table.forEach((value, index) => expect(Math.abs(studentisedRange(index + 2) / Math.SQRT2 - value)).toBeLessThan(0.001))
})

test.each(reference.signedRank)('the signed-rank test agrees with SciPy and with all choices of signs tried (%#)', ({ differences, p }) => {
  close(signedRankTest(differences), p, 11)
})

test('the signed-rank test does not see signs turned, scale, or zeros; without a difference it is 1', () => {
  expect(signedRankTest([])).toBe(1)
  expect(signedRankTest([0, -0])).toBe(1)
  fc.assert(fc.property(differences, (values) => {
    const p = signedRankTest(values)
    expect(p).toBeGreaterThan(0)
    expect(p).toBeLessThanOrEqual(1)
    for (const same of [values.map((value) => -value), values.map((value) => 3 * value), [0, ...values, 0]]) expect(signedRankTest(same)).toBeCloseTo(p, 12)
  }))
})

test.each(reference.friedman)("Friedman's test agrees with SciPy (%#)", ({ blocks, meanRanks, statistic, p }) => {
  const found = friedmanTest(blocks)
  found.meanRanks.forEach((rank, index) => expect(rank).toBeCloseTo(meanRanks[index]!, 12))
  close(found.statistic, statistic, 11)
  close(found.p, p, 11)
})

test("Friedman's test sees no order in blocks of equal values", () => {
  expect(friedmanTest([[1, 1, 1], [4, 4, 4]])).toEqual({ meanRanks: [2, 2, 2], statistic: Number.NaN, p: Number.NaN })
})

test("Holm's correction agrees with statsmodels, is never below p, and keeps the order", () => {
  holm(reference.holm.p).forEach((value, index) => expect(value).toBeCloseTo(reference.holm.corrected[index]!, 12))
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (p) => {
    const corrected = holm(p)
    for (const [i, one] of p.entries()) {
      expect(corrected[i]).toBeGreaterThanOrEqual(one)
      expect(corrected[i]).toBeLessThanOrEqual(1)
      for (const [j, other] of p.entries()) if (one < other) expect(corrected[i]).toBeLessThanOrEqual(corrected[j]!)
    }
  }))
})

test('many samples resampled together give what each gives alone', () => {
  const samples = [[1, 2, 5], [3], [], [9, 9, 1], [2, 8]]
  const draws = createRandomness(3, 'b')
  expect(bootstrapMeans(samples, draws)).toEqual(samples.map((values) => bootstrapMean(values, draws)))
})

test('resampling keeps together what stands in one place', () => {
  const [a, b] = resampledMeans([[1, 2, 3, 4], [10, 20, 30, 40]], createRandomness(3, 'b'), 50)
  expect(Array.from(b!)).toEqual(Array.from(a!, (mean) => 10 * mean))
})

test('the interval of a share is where the score test does not refuse it', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
  for (const [successes, count, low, high] of [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [1, 29, 0.0061, 0.1718]] as const) {
    const interval = wilsonInterval(successes, count)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  }
  // At its bounds (p - s)^2 = z^2 s (1 - s) / n.
  for (const s of Object.values(wilsonInterval(7, 9))) expect((7 / 9 - s) ** 2).toBeCloseTo((1.959963984540054 ** 2 * s * (1 - s)) / 9, 12)
})
