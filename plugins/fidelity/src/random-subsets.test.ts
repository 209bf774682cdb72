import { createRandomness } from '@touchstone/core'
import { expect, test } from 'vitest'
import { randomSubsets } from './random-subsets.js'
import { unitsIn } from './scores.test.data.js'
import { copySet, sumsOver } from './unit-sets.js'

const drawn = (count: number, size: number, runs: number): number[][] => unitsIn(randomSubsets(count, size, runs, createRandomness(1, 'x')))

test('a subset has as many different numbers as asked for, at any share', () => {
  for (const count of [1, 2, 31, 32, 33, 100, 784]) {
    for (let size = 1; size <= count; size += Math.max(1, Math.floor(count / 40))) {
      for (const subset of drawn(count, size, 3)) {
        expect(new Set(subset).size).toBe(size)
        expect(subset[0]).toBeGreaterThanOrEqual(0)
        expect(subset.at(-1)).toBeLessThan(count)
      }
    }
  }
})

// At shares of 1 / 8, a half, and next to both: from words of bits alone, with numbers taken away, and with numbers added.
test.each([[5, 1], [5, 2], [5, 4], [6, 3], [8, 1], [9, 2]])('of %d numbers every set of %d is as likely', (count, size) => {
  const runs = 20_000
  const seen = new Map<string, number>()
  for (const subset of drawn(count, size, runs)) seen.set(String(subset), (seen.get(String(subset)) ?? 0) + 1)
  const sets = Array.from({ length: size }, (_, index) => (count - index) / (index + 1)).reduce((a, b) => a * b, 1)
  expect(seen.size).toBe(Math.round(sets))
  const expected = runs / sets
  const chiSquared = [...seen.values()].reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0)
  // Five standard deviations above its mean.
  expect(chiSquared).toBeLessThan(sets - 1 + 5 * Math.sqrt(2 * (sets - 1)))
})

test('a subset follows from its run alone, and pairs of numbers of a large one are independent of their words', () => {
  expect(drawn(100, 37, 5)).toEqual(drawn(100, 37, 9).slice(0, 5))
  const runs = 4000
  const both = (a: number, b: number) => drawn(64, 32, runs).filter((subset) => subset.includes(a) && subset.includes(b)).length / runs
  const expected = (32 / 64) * (31 / 63)
  for (const [a, b] of [[0, 1], [0, 32], [5, 63]] as const) expect(Math.abs(both(a, b) - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / runs))
})

test('sums over sets and copies of them are those of their units', () => {
  for (const [count, size] of [[7, 3], [33, 30], [100, 50]] as const) {
    const sets = randomSubsets(count, size, 6, createRandomness(2, 'x'))
    expect(sets).toMatchObject({ count: 6, size })
    // Whole numbers add up to the same in any order.
    const values = Float64Array.from({ length: count }, (_, unit) => unit * unit - 40)
    expect([...sumsOver(sets, values)]).toEqual(unitsIn(sets).map((units) => units.reduce((sum, unit) => sum + values[unit]!, 0)))
    for (const width of [1, 3]) {
      const to = new Float32Array(count * width).fill(-1)
      copySet(Float32Array.from(to, (_, index) => index), to, sets, 4, width)
      expect([...to]).toEqual(Array.from(to, (_, index) => (unitsIn(sets)[4]!.includes(Math.floor(index / width)) ? index : -1)))
    }
  }
})
