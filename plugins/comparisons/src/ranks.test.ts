import type { AttributionMap, Channels } from '@touchstone/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kendall, spearman, topK } from './index.js'

const map = (shape: number[], ...values: number[]): AttributionMap => ({ shape, data: Float32Array.from(values) })
const top = async (k: number, channels: Channels = 'sum-abs') => (await topK.create({ k, channels }, {})).compare
const rho = async (channels: Channels = 'sum-abs') => (await spearman.create({ channels }, {})).compare
const tau = async (channels: Channels = 'sum-abs') => (await kendall.create({ channels }, {})).compare

// The maps A and B of section 9 of the LENS specification, with the values of its set formula for w = 0.
const a = map([5, 5], 9, 1, 2, 3, 4, 5, 25, 24, 6, 7, 8, 23, 10, 11, 12, 13, 14, 15, 22, 16, 17, 18, 19, 20, 21)
const b = map([5, 5], 1, 9, 2, 3, 4, 5, 6, 25, 24, 7, 8, 10, 23, 11, 12, 13, 14, 15, 16, 22, 17, 18, 19, 21, 20)

describe('closed forms', () => {
  test.each([[1, 0], [3, 1 / 3], [5, 0.2], [8, 0.625], [0.2, 0.2], [25, 1]])('top-k with k = %d is %d', async (k, value) => {
    expect((await top(k))(a, b).value).toBe(value)
  })

  test('correlations', async () => {
    expect((await rho())(a, b).value).toBeCloseTo(0.5284615384615384, 14)
    expect((await tau())(a, b).value).toBeCloseTo(0.4266666666666667, 14)
    const [u, v] = [map([5], 1, 2, 2, 3, 4), map([5], 2, 1, 3, 3, 5)]
    expect((await rho())(u, v).value).toBeCloseTo(0.763157895, 9)
    expect((await tau())(u, v).value).toBeCloseTo(2 / 3, 14)
  })
})

test('a share of the features is rounded, and is at least one of them', async () => {
  for (const [share, k] of [[0.1, 3], [0.01, 1], [0.5, 13]] as const) expect((await top(share))(a, b).diagnostics?.k).toBe(k)
})

test('equal features are taken by index, and those left out are counted', async () => {
  const ties = map([5, 5], 1, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1)
  const [chosen, other] = [[6, 17, 0], [6, 17, 24]].map((indices) => map([5, 5], ...Array.from({ length: 25 }, (_, index) => (indices.includes(index) ? 9 + index : 0))))
  const compare = await top(3)
  expect(compare(ties, chosen!)).toEqual({ value: 1, diagnostics: { k: 3, tiesAtCutFirst: 3, tiesAtCutSecond: 0 } })
  expect(compare(other!, ties)).toEqual({ value: 2 / 3, diagnostics: { k: 3, tiesAtCutFirst: 0, tiesAtCutSecond: 3 } })
})

test('channels make one feature per pixel unless they are kept', async () => {
  const first = map([1, 2, 2], 3, -3, 2, 2)
  const second = map([1, 2, 2], 1, 0, 0, 5)
  expect((await top(1))(first, second).value).toBe(0)
  expect((await top(1, 'sum'))(first, second).value).toBe(1)
  expect((await top(2, 'keep'))(first, second).value).toBe(0.5)
  expect((await rho())(first, second).value).toBeCloseTo(-1, 14)
  expect((await tau('sum'))(first, second).value).toBe(1)
})

test('what cannot be ranked has no answer', async () => {
  const constant = map([5, 5], ...new Array<number>(25).fill(2))
  for (const compare of [await top(3), await rho(), await tau()]) {
    expect(compare(constant, b)).toEqual({ reason: 'the first map is constant' })
    expect(compare(a, constant)).toEqual({ reason: 'the second map is constant' })
    expect(compare(constant, constant)).toEqual({ reason: 'both maps are constant' })
    expect(compare(a, map([5, 5], ...new Array<number>(25).fill(Number.NaN)))).toEqual({ reason: 'the second map is not finite' })
    expect(() => compare(a, map([25], ...b.data))).toThrow('not [5, 5] and [25]')
  }
  expect((await top(26))(a, b)).toEqual({ reason: 'k is 26, but the maps have 25 features' })
  // Signs are lost before features are ranked.
  expect((await rho())(map([2], 1, -1), map([2], 1, 2)).reason).toBe('the first map is constant')
})

/** Few distinct values, so that ties are common. */
const pairs = fc.integer({ min: 2, max: 30 }).chain((n) => {
  const values = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: n, maxLength: n }).map((all) => map([n], ...all))
  return fc.tuple(values, values, fc.integer({ min: 1, max: n }))
})

test('top-k agrees with taking the largest one by one', async () => {
  await fc.assert(fc.asyncProperty(pairs, async ([x, y, k]) => {
    const { value } = (await top(k, 'keep'))(x, y)
    fc.pre(value !== undefined)
    const slowTop = ({ data }: AttributionMap) => {
      const left = [...data]
      return Array.from({ length: k }, () => {
        const best = left.indexOf(Math.max(...left))
        left[best] = -Infinity
        return best
      })
    }
    const other = slowTop(y)
    expect(value).toBe(slowTop(x).filter((index) => other.includes(index)).length / k)
  }))
})

test('rank comparisons are symmetric, bounded, 1 with themselves, and do not see increasing transforms', async () => {
  await fc.assert(fc.asyncProperty(pairs, async ([x, y, k]) => {
    const stretched = { ...x, data: x.data.map((value) => value ** 3 + 2 * value + 7) }
    for (const [compare, low] of [[await top(k, 'keep'), 0], [await rho('keep'), -1], [await tau('keep'), -1]] as const) {
      const { value } = compare(x, y)
      if (value === undefined) continue
      expect(value).toBeGreaterThanOrEqual(low)
      expect(value).toBeLessThanOrEqual(1)
      expect(compare(y, x).value).toBeCloseTo(value, 12)
      expect(compare(x, x).value).toBeCloseTo(1, 12)
      expect(compare(stretched, y).value).toBeCloseTo(value, 12)
    }
  }))
})

test('correlations agree with their definitions over all pairs', async () => {
  const [compareRho, compareTau] = [await rho('keep'), await tau('keep')]
  fc.assert(fc.property(pairs, ([x, y]) => {
    const [p, q] = [[...x.data], [...y.data]]
    const signs = (values: number[]) => values.flatMap((one) => values.map((other) => Math.sign(one - other)))
    const dot = (left: number[], right: number[]) => left.reduce((sum, value, index) => sum + value * right[index]!, 0)
    const correlation = (left: number[], right: number[]) => dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right))
    // A rank, up to a constant, is half the sum of the signs of all differences to it.
    const centredRanks = (values: number[]) => values.map((one) => values.reduce((sum, other) => sum + Math.sign(one - other), 0) / 2)
    const result = compareRho(x, y)
    fc.pre(result.value !== undefined)
    expect(result.value).toBeCloseTo(correlation(centredRanks(p), centredRanks(q)), 12)
    expect(compareTau(x, y).value).toBeCloseTo(correlation(signs(p), signs(q)), 12)
  }))
})

test('top-k looks at its largest pixels; at none of a constant map, nor where values of channels are no pixels', async () => {
  const marks = async (k: number, channels: Channels = 'sum-abs') => (await topK.create({ k, channels }, {})).marks!
  expect([...(await marks(2))(a)!.pixels]).toEqual([6, 7])
  expect((await marks(2))(map([2, 2], 1, 1, 1, 1))).toBeUndefined()
  expect((await marks(1, 'keep'))(map([1, 1, 2], 1, 2))).toBeUndefined()
  expect((await marks(26))(a)).toBeUndefined()
})
