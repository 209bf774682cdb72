import type { AttributionMap, Channels } from '@touchstone/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { massCentre } from './index.js'

const distance = async (channels: Channels = 'sum-abs') => (await massCentre.create({ channels }, {})).compare

/** A map of this shape that is 0 but for the given values. */
function sparse(shape: readonly number[], at: Readonly<Record<number, number>>): AttributionMap {
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
  for (const [index, value] of Object.entries(at)) data[Number(index)] = value
  return { shape, data }
}

test('closed forms', async () => {
  const compare = await distance()
  // 4 at (1, 1) and 6 at (3, 3) have their centre at (2.2, 2.2): section 9 of the LENS specification.
  expect(compare(sparse([5, 5], { 6: 4, 18: 6 }), sparse([5, 5], { 0: 1 })).value).toBeCloseTo(2.2 * Math.SQRT2, 14)
  expect(compare(sparse([5, 5], { 0: 1 }), sparse([5, 5], { 19: 2 })).value).toBe(5)
})

test('channels: absolute values weigh a pixel, or values do and may cancel', async () => {
  // Pixel (0, 0) has the channels 1 and -1, pixel (0, 2) has 2 and 0.
  const map = sparse([1, 3, 2], { 0: 1, 1: -1, 4: 2 })
  const last = sparse([1, 3, 2], { 4: 1 })
  expect((await distance())(map, last).value).toBeCloseTo(1, 14)
  expect((await distance('sum'))(map, last).value).toBe(0)
  expect((await distance('keep'))(map, last).value).toBe(0)
  expect((await distance('sum'))(sparse([1, 3], { 0: -1, 2: 2 }), sparse([1, 3], { 0: 1 })).value).toBe(4)
})

test('what has no centre has no answer', async () => {
  const compare = await distance()
  const map = sparse([2, 2], { 1: 1 })
  expect(compare(sparse([2, 2], {}), map)).toEqual({ reason: 'the first map is of total 0 and so without a centre' })
  expect(compare(sparse([2, 2], {}), sparse([2, 2], {}))).toEqual({ reason: 'both maps are of total 0 and so without a centre' })
  expect(compare(sparse([4], { 1: 1 }), sparse([4], { 1: 1 }))).toEqual({ reason: 'maps of shape [4] have no rows and columns, so no centre' })
  // In double precision these sum to a rounding error, which is no mass.
  const cancelling = sparse([2, 2], { 0: 1e8, 1: 1e-8, 2: -1e8, 3: -1e-8 })
  expect(cancelling.data.reduce((sum, value) => sum + value, 0)).not.toBe(0)
  expect((await distance('sum'))(map, cancelling)).toEqual({ reason: 'the second map is of total 0 and so without a centre' })
  expect(() => compare(map, sparse([4], { 1: 1 }))).toThrow('not [2, 2] and [4]')
})

const side = fc.integer({ min: 2, max: 6 })
const pairs = fc.tuple(side, side).chain(([height, width]) => {
  const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: height * width, maxLength: height * width })
  return fc.tuple(fc.constant([height, width, 1] as const), values, values)
})

test('agrees with plain loops, is symmetric, 0 with itself, and at most the diagonal', async () => {
  const compare = await distance()
  const slowCentre = (values: readonly number[], [height, width]: readonly [number, number, number]) => {
    let [total, row, column] = [0, 0, 0]
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        total += values[y * width + x]!
        row += y * values[y * width + x]!
        column += x * values[y * width + x]!
      }
    }
    return [row / total, column / total] as const
  }
  fc.assert(fc.property(pairs, ([shape, p, q]) => {
    fc.pre(p.some((value) => value > 0) && q.some((value) => value > 0))
    const [a, b] = [{ shape, data: Float32Array.from(p) }, { shape, data: Float32Array.from(q) }]
    const [centreA, centreB] = [slowCentre(p, shape), slowCentre(q, shape)]
    const value = compare(a, b).value!
    expect(value).toBeCloseTo(Math.hypot(centreA[0] - centreB[0], centreA[1] - centreB[1]), 12)
    expect(compare(b, a).value).toBe(value)
    expect(compare(a, a).value).toBe(0)
    expect(value).toBeLessThanOrEqual(Math.hypot(shape[0] - 1, shape[1] - 1) + 1e-12)
  }))
})

test('a map that moves by one pixel moves its centre by one', async () => {
  const compare = await distance()
  fc.assert(fc.property(pairs, ([[height, width], values]) => {
    fc.pre(values.some((value) => value > 0))
    const shape = [height + 1, width + 1, 1]
    const padded = (down: number, right: number) => sparse(shape, Object.fromEntries(values.map((value, index) => [(Math.floor(index / width) + down) * (width + 1) + (index % width) + right, value])))
    expect(compare(padded(0, 0), padded(1, 0)).value).toBeCloseTo(1, 12)
    expect(compare(padded(0, 0), padded(0, 1)).value).toBeCloseTo(1, 12)
    expect(compare(padded(0, 0), padded(1, 1)).value).toBeCloseTo(Math.SQRT2, 12)
  }))
})
