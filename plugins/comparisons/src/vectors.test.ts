import type { AttributionMap } from '@touchstone/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cosine, l2, linf, relativeL2, unitL2 } from './index.js'

const vector = (...values: number[]): AttributionMap => ({ shape: [values.length], data: Float32Array.from(values) })
const distance = await l2.create({}, {})
const largest = await linf.create({}, {})
const unitDistance = await unitL2.create({}, {})
const relative = await relativeL2.create({}, {})
const angle = await cosine.create({}, {})

const values = (length: number) => fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
const triples = fc.integer({ min: 1, max: 12 }).chain((n) => fc.tuple(values(n), values(n), values(n))).map((all) => all.map((one) => vector(...one)) as [AttributionMap, AttributionMap, AttributionMap])

test('closed forms', () => {
  expect(distance.compare(vector(1, 2, 3), vector(1, 5, -1))).toEqual({ value: 5 })
  expect(largest.compare(vector(1, 2, 3), vector(1, 5, -1))).toEqual({ value: 4 })
  // A value of 0 counts as 1e-6.
  expect(relative.compare(vector(2, -4, 1), vector(8, 12, 1))).toEqual({ value: 5 })
  expect(relative.compare(vector(0, 2), vector(3, 2)).value).toBeCloseTo(3e6, 6)
  expect(angle.compare(vector(1, 0), vector(1, 1)).value).toBeCloseTo(Math.SQRT1_2, 15)
  expect(angle.compare(vector(1, 0), vector(0, -3))).toEqual({ value: 0 })
  expect(angle.compare(vector(1, 2), vector(-2, -4)).value).toBeCloseTo(-1, 15)
})

test('all values count, in double precision', () => {
  const shape = [1, 1, 2]
  expect(distance.compare({ shape, data: Float32Array.of(1, 2) }, { shape, data: Float32Array.of(1, -2) }).value).toBe(4)
  // 1 is lost beside 2^52 in single precision, and (3e38)^2 is infinite there.
  expect(distance.compare(vector(2 ** 26, 1), vector(0, 0)).value).toBe(Math.sqrt(2 ** 52 + 1))
  expect(angle.compare(vector(3e38, 0), vector(3e38, 3e38)).value).toBeCloseTo(Math.SQRT1_2, 12)
})

test('distances are metrics', () => {
  fc.assert(fc.property(triples, ([a, b, c]) => {
    for (const { compare } of [distance, largest]) {
      const [ab, ba, ac, bc] = [compare(a, b).value!, compare(b, a).value!, compare(a, c).value!, compare(b, c).value!]
      expect(compare(a, a).value).toBe(0)
      expect(ab).toBe(ba)
      expect(ac).toBeLessThanOrEqual((ab + bc) * (1 + 1e-12))
    }
    expect(largest.compare(a, b).value!).toBeLessThanOrEqual(distance.compare(a, b).value! * (1 + 1e-12))
  }))
})

test('the cosine is symmetric, bounded, 1 with itself, and does not see positive factors', () => {
  fc.assert(fc.property(triples, ([a, b]) => {
    const { value } = angle.compare(a, b)
    fc.pre(value !== undefined)
    expect(Math.abs(value)).toBeLessThanOrEqual(1)
    expect(angle.compare(b, a).value).toBeCloseTo(value, 12)
    expect(angle.compare(a, a).value).toBeCloseTo(1, 12)
    expect(angle.compare({ ...a, data: a.data.map((one) => one * 4) }, b).value).toBeCloseTo(value, 6)
  }))
})

test('a zero map has no angle', () => {
  expect(angle.compare(vector(0, 0), vector(1, 2))).toEqual({ reason: 'the first map is zero' })
  expect(angle.compare(vector(1, 0), vector(0, -0))).toEqual({ reason: 'the second map is zero' })
  expect(angle.compare(vector(0, 0), vector(0, 0))).toEqual({ reason: 'both maps are zero' })
})

test('maps that are not finite have no answer; maps of two shapes are a programming error', () => {
  for (const { compare } of [distance, largest, angle]) {
    expect(compare(vector(1, Number.NaN), vector(1, 2))).toEqual({ reason: 'the first map is not finite' })
    expect(compare(vector(1, 2), vector(1, Infinity))).toEqual({ reason: 'the second map is not finite' })
    expect(() => compare(vector(1, 2), { shape: [2, 1], data: Float32Array.of(1, 2) })).toThrow('two maps of one shape can be compared, not [2] and [2, 1]')
  }
})

test('the distance of maps of length 1 does not see positive factors, and is a chord of the angle', () => {
  const map = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) })
  expect(unitDistance.compare(map(3, 4), map(6, 8)).value).toBeCloseTo(0, 12)
  expect(unitDistance.compare(map(2, 0), map(0, 5)).value).toBeCloseTo(Math.SQRT2, 12)
  expect(unitDistance.compare(map(1, 0), map(-7, 0)).value).toBeCloseTo(2, 12)
  const [a, b] = [map(1, 2, -3), map(0.5, -1, 4)]
  expect(unitDistance.compare(a, b).value).toBeCloseTo(Math.sqrt(2 - 2 * angle.compare(a, b).value!), 12)
  expect(unitDistance.compare(map(0, 0), map(1, 0)).reason).toContain('zero')
})
