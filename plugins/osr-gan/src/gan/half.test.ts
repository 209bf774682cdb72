import { createRandomness } from '@touchstone/core'
import { expect, test } from 'vitest'
import { fromHalf, toHalf } from './half.js'

test('numbers have the bits that IEEE 754 gives them', () => {
  const cases: readonly (readonly [value: number, bits: number])[] = [
    [0, 0], [-0, 0x8000], [1, 0x3c00], [-2, 0xc000], [0.333251953125, 0x3555], [65504, 0x7bff], [65519, 0x7bff], [65520, 0x7c00], [-Infinity, 0xfc00],
    [2 ** -14, 0x0400], [2 ** -24, 1], [2 ** -25, 0], [3 * 2 ** -25, 2], [2 ** -14 - 2 ** -24, 0x03ff], [2 ** -14 - 2 ** -26, 0x0400],
    // Ties go to even, also where the digits overflow into the exponent.
    [1 + 2 ** -11, 0x3c00], [1 + 3 * 2 ** -11, 0x3c02], [2 - 2 ** -11, 0x4000],
  ]
  expect([...toHalf(Float32Array.from(cases, ([value]) => value))]).toEqual(cases.map(([, bits]) => bits))
  expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).toBeNaN()
})

test('every number of 16 bits comes back, and others come near', () => {
  const all = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00)
  expect(toHalf(fromHalf(all)).every((bits, i) => bits === all[i])).toBe(true)
  const values = Float32Array.from(createRandomness(1, 'half').normals('values', 0, 10_000))
  expect(fromHalf(toHalf(values)).every((value, i) => Math.abs(value - values[i]!) <= Math.max(2 ** -11 * Math.abs(values[i]!), 2 ** -25))).toBe(true)
})
