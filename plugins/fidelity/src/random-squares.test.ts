import { createRandomness } from '@touchstone/core'
import { expect, test } from 'vitest'
import { randomSquares } from './random-squares.js'
import { unitsIn } from './scores.test.data.js'

test('a square lies at each place as often, with all of its units and no other', () => {
  const [height, width, side, runs] = [4, 5, 2, 6000]
  for (const perPixel of [1, 3]) {
    const seen = new Map<number, number>()
    for (const units of unitsIn(randomSquares(side, [height, width, 3], height * width * perPixel, runs, createRandomness(1, 'x'), 'test'))) {
      const pixels = [...new Set(units.map((unit) => Math.floor(unit / perPixel)))]
      const [first] = pixels as [number]
      expect(pixels).toEqual([first, first + 1, first + width, first + width + 1])
      expect(new Set(units).size).toBe(side * side * perPixel)
      expect(first % width).toBeLessThan(width - 1)
      seen.set(first, (seen.get(first) ?? 0) + 1)
    }
    const places = (height - side + 1) * (width - side + 1)
    expect(seen.size).toBe(places)
    // Chi-squared with 11 degrees of freedom stays below 31.3 in 99.9 % of cases.
    expect([...seen.values()].reduce((sum, times) => sum + (times - runs / places) ** 2 / (runs / places), 0)).toBeLessThan(31.3)
  }
})
