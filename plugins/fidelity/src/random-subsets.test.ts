import { createRandomness } from '@touchstone/core'
import { expect, test } from 'vitest'
import { randomSubsets } from './random-subsets.js'

const drawn = (count: number, size: number, runs: number): number[][] => Array.from({ length: runs }, randomSubsets(count, size, createRandomness(1, 'x'))).map((subset) => [...subset].sort((a, b) => a - b))

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
