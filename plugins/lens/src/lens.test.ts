import { kendallTauB, l2Distance, spearman, topK, type AttributionMap, type Comparison, type Result } from '@touchstone/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diverseTopK, lensDistance, lensKendall, lensPrec, lensPrecDiv, lensRecall, lensRecallDiv, lensSpearman, planeOf, smooth, topKDiv, type Plane } from './index.js'

const A = [[9, 1, 2, 3, 4], [5, 25, 24, 6, 7], [8, 23, 10, 11, 12], [13, 14, 15, 22, 16], [17, 18, 19, 20, 21]]
const B = [[1, 9, 2, 3, 4], [5, 6, 25, 24, 7], [8, 10, 23, 11, 12], [13, 14, 15, 16, 22], [17, 18, 19, 21, 20]]

const map = (rows: readonly (readonly number[])[]): AttributionMap => ({ shape: [rows.length, rows[0]!.length], data: Float32Array.from(rows.flat()) })
const plane = (rows: readonly (readonly number[])[]): Plane => planeOf(map(rows), 'sum')
/** A map of 5 x 5 whose largest pixels are these, in this order. */
const withTop = (...pixels: number[]): AttributionMap => ({ shape: [5, 5], data: Float32Array.from({ length: 25 }, (_, i) => (pixels.includes(i) ? 100 - pixels.indexOf(i) : 25 - i) / 100) })

const settings = { k: 3, w: 1, channels: 'sum-abs' as const }
async function comparison(of: { readonly create: (options: never, services: never) => Comparison | Promise<Comparison> }, options: object = {}): Promise<(a: AttributionMap, b: AttributionMap) => Result> {
  const { compare } = await of.create({ ...settings, ...options } as never, {} as never)
  return compare
}

const rectangles = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 2, max: 7 }))
/** Two maps of one size, with ties, and a k that they have room for. */
const pairs = rectangles.chain(([height, width]) => {
  const values = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: height * width, maxLength: height * width }).filter((list) => new Set(list).size > 1)
  const one = values.map((list): AttributionMap => ({ shape: [height, width], data: Float32Array.from(list) }))
  return fc.record({ a: one, b: one, k: fc.integer({ min: 1, max: height * width }), w: fc.integer({ min: 0, max: Math.max(height, width) - 1 }), size: fc.constant({ height, width }) })
})

const near = (p: number, q: number, width: number, w: number): boolean => Math.abs(Math.floor(p / width) - Math.floor(q / width)) <= w && Math.abs((p % width) - (q % width)) <= w

test.each([
  ['asymmetric', [0, 1, 5], [6, 24, 23], 1 / 3, 1],
  ['no wrapping from one row to the next', [9], [10], 0, 0],
  ['the first pixel is in its own window', [0], [0], 1, 1],
] as const)('%s', async (_name, first, second, recall, precision) => {
  const [a, b] = [withTop(...first), withTop(...second)]
  expect((await comparison(lensRecall, { k: first.length }))(a, b).value).toBeCloseTo(recall, 12)
  expect((await comparison(lensPrec, { k: first.length }))(a, b).value).toBeCloseTo(precision, 12)
})

test('recall and precision are shares of pixels near one of the others, by the definition', async () => {
  for (const [extension, changedRound] of [[lensRecall, false], [lensPrec, true]] as const) {
    await fc.assert(
      fc.asyncProperty(pairs, async ({ a, b, k, w, size: { width } }) => {
        const value = (await comparison(extension, { k, w }))(a, b).value!
        const [from, others] = (changedRound ? [b, a] : [a, b]).map(({ data }) => [...topK(data, k).indices]) as [number[], number[]]
        expect(value).toBeCloseTo(others.filter((t) => from.some((s) => near(s, t, width, w))).length / k, 12)
        // The maps changed round, the other is asked.
        expect((await comparison(changedRound ? lensRecall : lensPrec, { k, w }))(b, a).value).toBe(value)
      }),
      { numRuns: 200 },
    )
  }
})

test('proposition 1: d falls with w, and is at most the part that only one of the maps has', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, async ({ a, b, k, size: { height, width } }) => {
      const [s, t] = [a, b].map(({ data }) => new Set(topK(data, k).indices)) as [Set<number>, Set<number>]
      let bound = ([...s].filter((p) => !t.has(p)).length + [...t].filter((p) => !s.has(p)).length) / k
      for (let w = 0; w < Math.max(height, width); w++) {
        const d = (await comparison(lensDistance, { k, w }))(a, b).value!
        expect(d).toBeLessThanOrEqual(bound + 1e-12)
        if (w === 0) expect(d).toBeCloseTo(bound, 12)
        bound = d
      }
      // A window as far as the image reaches misses nothing.
      expect(bound).toBe(0)
    }),
    { numRuns: 300 },
  )
})

test('proposition 2: the weighted sum is bounded by that of the symmetric differences, which keeps the triangle inequality', async () => {
  const threes = rectangles.chain(([height, width]) => fc.tuple(...([0, 1, 2] as const).map(() => fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: height * width, maxLength: height * width }).filter((list) => new Set(list.map(Math.fround)).size > 1).map((list): AttributionMap => ({ shape: [height, width], data: Float32Array.from(list) })))).map((maps) => ({ maps, count: height * width, widest: Math.max(height, width) - 1 })))
  await fc.assert(
    fc.asyncProperty(threes, async ({ maps, count, widest }) => {
      const options = { k: Array.from({ length: Math.min(3, count) }, (_, i) => i + 1), w: widest > 0 ? [0, widest] : [0] }
      const d = await comparison(lensDistance, options)
      const u = await comparison(lensDistance, { ...options, w: 0 })
      const [x, y, z] = maps as [AttributionMap, AttributionMap, AttributionMap]
      expect(d(x, y).value!).toBeLessThanOrEqual(u(x, y).value! + 1e-12)
      expect(u(x, z).value!).toBeLessThanOrEqual(u(x, y).value! + u(y, z).value! + 1e-12)
      expect(u(x, y).value!).toBeLessThanOrEqual(2)
    }),
    { numRuns: 200 },
  )
})

test('d itself is no metric for w > 0', async () => {
  const d = await comparison(lensDistance, { k: 2, w: 1 })
  const [p, q, r] = [withTop(10, 13), withTop(11, 17), withTop(1, 22)]
  expect(d(p, r).value).toBe(2)
  expect(d(p, q).value! + d(q, r).value!).toBe(1)
})

test('the distance adds up its parts by their weights', async () => {
  const d = await comparison(lensDistance, { k: [3, 5], w: [0, 1], kWeights: [1, 0.5], wWeights: [2, 0.25] })
  const { value, parts } = d(map(A), map(B))
  expect(Object.keys(parts!)).toEqual(['k=3 w=0', 'k=3 w=1', 'k=5 w=0', 'k=5 w=1'])
  Object.values(parts!).forEach((part, i) => expect(part).toBeCloseTo([4 / 3, 0, 1.6, 0][i]!, 12))
  expect(value).toBeCloseTo(2 * (4 / 3) + 0.5 * 2 * 1.6, 12)
  expect((await comparison(lensDistance, { k: [3, 5], w: [0, 1] }))(map(A), map(B)).value).toBeCloseTo((4 / 3 + 1.6) / 4, 12)
  expect(lensDistance.check!({ k: [3, 5], w: 1, kWeights: [1], wWeights: undefined, channels: 'sum' })).toEqual([{ option: 'kWeights', message: 'expected a weight for each of 2, found 1' }])
})

test('proposition 3: smoothing brings maps no further apart', () => {
  fc.assert(
    fc.property(pairs, ({ a, b, w }) => {
      const [one, other] = [planeOf(a, 'sum'), planeOf(b, 'sum')]
      expect(l2Distance(smooth(one, w), smooth(other, w))).toBeLessThanOrEqual(l2Distance(one.values, other.values) * (1 + 1e-12))
    }),
  )
  const [a, b] = [plane(A), plane(B)]
  ;[35.014283, 9.502436, 3.06307].forEach((distance, w) => expect(l2Distance(smooth(a, w), smooth(b, w))).toBeCloseTo(distance, 6))
})

test('windows are cut at the border, the divisor is not', () => {
  const sums = [40, 66, 61, 46, 20, 71, 107, 105, 79, 43, 88, 137, 150, 123, 74, 93, 137, 152, 146, 102, 62, 96, 108, 113, 79]
  expect([...smooth(plane(A), 1)].map((value) => Math.round(value * 9 * 1e9) / 1e9)).toEqual(sums)
  fc.assert(
    fc.property(pairs, ({ a, w, size: { height, width } }) => {
      const smoothed = smooth(planeOf(a, 'sum'), w)
      smoothed.forEach((value, p) => {
        let sum = 0
        for (let q = 0; q < height * width; q++) if (near(p, q, width, w)) sum += a.data[q]!
        expect(value).toBeCloseTo(sum / (2 * w + 1) ** 2, 10)
      })
    }),
  )
})

test('rank correlations of smoothed maps', async () => {
  const expected = [[0.528461538, 0.426666667], [0.901674059, 0.747069725], [0.952454442, 0.838930898]]
  for (const [w, [rho, tau]] of expected.entries()) {
    expect((await comparison(lensSpearman, { w }))(map(A), map(B)).value).toBeCloseTo(rho!, 8)
    expect((await comparison(lensKendall, { w }))(map(A), map(B)).value).toBeCloseTo(tau!, 8)
  }
  expect((await comparison(lensSpearman, { w: 0 }))(map(A), map(B)).value).toBe(spearman(A.flat(), B.flat()))
  expect((await comparison(lensKendall, { w: 0 }))(map(A), map(B)).value).toBe(kendallTauB(A.flat(), B.flat()))
})

describe('diverse top-k', () => {
  test('takes the largest pixel outside of the windows of those it has', () => {
    expect([...diverseTopK(plane(A), 3, 1)]).toEqual([6, 18, 21])
    expect([...diverseTopK(plane(A), 4, 1)]).toEqual([6, 18, 21, 9])
    expect([...diverseTopK(plane(B), 4, 2)]).toEqual([7, 23, 20])
  })

  test('its members are apart, in falling order, and none could be added', () => {
    fc.assert(
      fc.property(pairs, ({ a, k, w, size: { height, width } }) => {
        const image = planeOf(a, 'sum')
        const taken = [...diverseTopK(image, k, w)]
        for (const p of taken) for (const q of taken) if (p !== q) expect(near(p, q, width, w)).toBe(false)
        taken.forEach((p, i) => i > 0 && expect(image.values[p]).toBeLessThanOrEqual(image.values[taken[i - 1]!]!))
        if (taken.length < k) for (let q = 0; q < height * width; q++) expect(taken.some((p) => near(p, q, width, w))).toBe(true)
        // Those that are left out are near one that is at least as large.
        const last = image.values[taken.at(-1)!]!
        image.values.forEach((value, q) => value > last && expect(taken.some((p) => near(p, q, width, w) && image.values[p]! >= value)).toBe(true))
        if (w === 0) expect(taken).toEqual([...topK(image.values, k).indices])
      }),
      { numRuns: 300 },
    )
  })

  test('is greedy, and not always the best choice: three pixels are enough to show it', () => {
    const image = plane([[1, 1.5, 1]])
    const total = (pixels: readonly number[]) => pixels.reduce((sum, pixel) => sum + image.values[pixel]!, 0)
    expect([...diverseTopK(image, 2, 1)]).toEqual([1])
    expect(total([0, 2])).toBeGreaterThan(total([1]))
    // Of fewer pixels it always is: two within a window of each other are one choice, and the larger is taken.
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1, noNaN: true }), fc.float({ min: 0, max: 1, noNaN: true }), (first, second) => {
        const [taken] = diverseTopK(plane([[first, second]]), 2, 1)
        expect([first, second][taken!]).toBe(Math.max(first, second))
      }),
    )
  })

  test('where there is no room the divisor stays k, and the count is told', async () => {
    const options = { k: 4, w: 2 }
    expect((await comparison(topKDiv, options))(map(A), map(B))).toEqual({ value: 0, diagnostics: { k: 4, selectedFirst: 4, selectedSecond: 3 } })
    expect((await comparison(lensRecallDiv, options))(map(A), map(B)).value).toBe(0.75)
    expect((await comparison(lensPrecDiv, options))(map(A), map(B)).value).toBe(1)
  })

  test('with one pixel, or no window, it is the top-k', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ({ a, b, k, w }) => {
        const share = (await comparison(lensRecall, { k, w: 0 }))(a, b).value!
        expect((await comparison(topKDiv, { k, w: 0 }))(a, b).value).toBe(share)
        expect((await comparison(topKDiv, { k: 1, w }))(a, b).value).toBe((await comparison(lensRecall, { k: 1, w: 0 }))(a, b).value)
      }),
    )
  })
})

test('a map moved by no more than w, its top pixels staying in the image, is recovered', async () => {
  const image = Array.from({ length: 8 }, (_, y) => Array.from({ length: 9 }, (_, x) => (y > 1 && y < 6 && x > 1 && x < 7 ? 10 + y * 9 + x : (y + x) / 100)))
  const moved = image.map((_, y) => image[y]!.map((_, x) => image[(y + 7) % 8]![(x + 8) % 9]!))
  for (const extension of [lensRecall, lensPrec]) {
    expect((await comparison(extension, { k: 6, w: 1 }))(map(image), map(moved)).value).toBe(1)
    expect((await comparison(extension, { k: 6, w: 0 }))(map(image), map(moved)).value).toBeLessThan(1)
  }
})

test('ties are taken by index, and how many were left out is told', async () => {
  const image = map([[1, 1, 0, 0, 0], [0, 3, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 2, 0, 0], [0, 0, 0, 0, 1]])
  const { diagnostics } = (await comparison(lensRecall, { k: 3, w: 0 }))(image, withTop(6, 17, 0))
  expect(diagnostics).toEqual({ k: 3, tiesAtCutFirst: 3, tiesAtCutSecond: 0 })
  expect((await comparison(lensRecall, { k: 3, w: 0 }))(image, withTop(6, 17, 0)).value).toBe(1)
})

test('channels are summed by absolute value or by value, whole images agree with those without a channel axis', async () => {
  const colour: AttributionMap = { shape: [2, 2, 3], data: Float32Array.of(1, -2, 0.5, 0, 0, 0, -1, -1, -1, 3, 0, -3) }
  const flat = map([[3.5, 0], [3, 6]])
  expect((await comparison(lensKendall, { w: 0 }))(colour, colour).value).toBe(1)
  expect([...planeOf(colour, 'sum-abs').values]).toEqual([...planeOf(flat, 'sum').values])
  expect([...planeOf(colour, 'sum').values]).toEqual([-0.5, 0, -3, 0])
})

const all = { lensRecall, lensPrec, topKDiv, lensRecallDiv, lensPrecDiv, lensDistance, lensSpearman, lensKendall }
describe.each(Object.entries(all))('%s of bad maps', (_name, extension) => {
  const constant = map([[2, 2, 2], [2, 2, 2]])
  const fine = map([[1, 2, 3], [4, 5, 6]])
  test.each([
    ['constant', constant, fine, {}, 'the first map is constant'],
    ['both constant', constant, constant, {}, 'both maps are constant'],
    ['not finite', fine, map([[1, NaN, 3], [4, 5, 6]]), {}, 'the second map is not finite'],
    ['as small as the window', fine, fine, { w: 3 }, 'w is 3, which is as large as the map, 2 x 3: every pixel would be near every other'],
  ] as const)('%s', async (_what, a, b, options, reason) => {
    expect((await comparison(extension, options))(a, b)).toEqual({ reason })
  })

  test('of two shapes', async () => {
    const compare = await comparison(extension)
    expect(() => compare(fine, map(A))).toThrow('two maps of one shape can be compared, not [2, 3] and [5, 5]')
  })
})

test.each([lensRecall, lensPrec, topKDiv, lensRecallDiv, lensPrecDiv, lensDistance])('$name of more pixels than there are', async (extension) => {
  expect((await comparison(extension, { k: 26 }))(map(A), map(B))).toEqual({ reason: 'k is 26, but the maps have 25 pixels' })
})

test('what a comparison looks at are the pixels that it selects, with its window; nothing of a map that it cannot judge', async () => {
  const marksOf = async (of: { readonly create: (options: never, services: never) => Comparison | Promise<Comparison> }, options: object) => (await of.create({ ...settings, ...options } as never, {} as never)).marks!
  expect((await marksOf(lensRecall, { k: 3, w: 2 }))(map(A))).toEqual({ pixels: topK(A.flat(), 3).indices, radius: 2 })
  expect((await marksOf(topKDiv, { k: 3, w: 1 }))(map(A))).toEqual({ pixels: Uint32Array.of(6, 18, 21), radius: 1 })
  expect((await marksOf(lensPrec, { k: 3, w: 1 }))(map([[2, 2], [2, 2]]))).toBeUndefined()
  expect((await marksOf(lensPrec, { k: 30, w: 1 }))(map(A))).toBeUndefined()
})
