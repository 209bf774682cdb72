import { createRandomness, Host } from '@touchstone/core'
import { denseModel, describeAttributer } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { extension, maskOf, weightedMean } from './rise.js'

describeAttributer(plugin, 'rise', { masks: 70, cells: 3 })

test('a case worked out by hand: two masks', () => {
  const masks = [Float32Array.of(1, 0), Float32Array.of(0.5, 1)]
  // ((2 * 1 + 4 * 0.5) / (2 * 0.5), (2 * 0 + 4 * 1) / (2 * 0.5))
  expect([...weightedMean(masks, [2, 4], 0.5)]).toEqual([4, 4])
})

test('a mask of one cell is all or nothing, one of many has the mean of its cells', () => {
  const randomness = createRandomness(3, 'an example')
  const masks = (cells: number, keep: number, count: number) => Array.from({ length: count }, (_, draw) => maskOf(9, 7, { cells, keep }, randomness, draw))
  for (const mask of masks(1, 0.5, 20)) expect(new Set(mask).size).toBe(1)
  expect(new Set(masks(4, 1, 1)[0])).toEqual(new Set([1]))
  const values = masks(4, 0.3, 500).flatMap((mask) => [...mask])
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
  // Bilinear weights sum to 1. Four standard errors, of 500 masks whose single values have a variance of at most 0.3 * 0.7.
  expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 500))
})

test('a pixel is laid between its two cells bilinearly', () => {
  // Four pixels, two cells of two pixels, stretched to six: places 2 (p + shift + 1/2) / 6 - 1/2, cut to [0, 1].
  const shares = [0, 0, 1 / 3, 2 / 3, 1]
  for (let draw = 0; draw < 8; draw++) {
    const [down, right, ...cells] = [...createRandomness(1, 'one').uniforms('rise', draw, 6)].map((u) => (u < 0.5 ? 0 : 1))
    // A cell is kept where its number is small.
    const [[a, b], [c, d]] = [[1 - cells[0]!, 1 - cells[1]!], [1 - cells[2]!, 1 - cells[3]!]] as const
    const mask = maskOf(4, 4, { cells: 2, keep: 0.5 }, createRandomness(1, 'one'), draw)
    shares.slice(down, down! + 4).forEach((y, row) => shares.slice(right, right! + 4).forEach((x, column) => expect(mask[row * 4 + column]).toBeCloseTo((1 - y) * ((1 - x) * a + x * b) + y * ((1 - x) * c + x * d), 6)))
  }
})

test('options are checked, and inputs that are no pictures are refused', async () => {
  const resolver = new Host([plugin]).resolver()
  resolver.resolve('attributer', { use: 'rise', options: { masks: 0, keep: 2, cells: 1.5 } }, ['rise'])
  expect(resolver.problems.map(({ message }) => message)).toEqual(['expected a whole number from 1 to 1000000, found 0', 'expected a whole number from 1 to 1000, found 1.5', 'expected a number from 0.01 to 1, found 2'])
  const { fits } = await extension.create({ masks: 1, cells: 1, keep: 1 }, {})
  const flat = await denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }])
  expect(() => fits!(flat, undefined as never)).toThrow('rise masks pixels, so it wants inputs of shape [height, width, channels], not [2]')
})
