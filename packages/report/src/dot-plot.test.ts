import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axis, dotPlot, scaleOf } from './dot-plot.js'

test('a scale holds every value between few round numbers', () => {
  expect(scaleOf([0.19, 0.68])).toEqual({ low: 0, high: 0.8, ticks: [0, 0.2, 0.4, 0.6000000000000001, 0.8], step: 0.2 })
  expect(scaleOf([101, 104]).ticks).toEqual([101, 102, 103, 104])
  expect(scaleOf([-3, -1]).ticks).toEqual([-3, -2, -1, 0])
})

test('equal values, no values and any other values have a scale', () => {
  for (const values of [[], [0], [5, 5], [-1e-9], [1e12, 1e12], [3e-323], [1, 1 + Number.EPSILON]]) {
    const { low, high } = scaleOf(values)
    expect(low).toBeLessThan(high)
  }
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
      const { low, high, ticks } = scaleOf(values)
      const slack = (high - low) * 1e-6
      expect(low - slack).toBeLessThanOrEqual(Math.min(...values))
      expect(high + slack).toBeGreaterThanOrEqual(Math.max(...values))
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.length).toBeLessThan(9)
    }),
  )
})

test('marks stand where their values are', () => {
  const scale = scaleOf([0, 0.8])
  expect(dotPlot(scale, 0, null, null).text).toContain('cx="18"')
  expect(dotPlot(scale, 0.4, 0.2, 0.8).text).toContain('cx="120"')
  expect(dotPlot(scale, 0.4, 0.2, 0.8).text).toContain('M69 8v8m0-4H222m0-4v8')
})

test('an axis tells its ticks apart, and shows only the outer two where all would touch', () => {
  const labels = (...values: number[]) => [...axis(scaleOf(values)).text.matchAll(/>([^<]+)</g)].map(([, label]) => label)
  expect(labels(0, 0.8)).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8'])
  expect(labels(-10, 30)).toEqual(['−10', '0', '10', '20', '30'])
  expect(labels(-0.000002, 0.000011)).toEqual(['−5×10⁻⁶', '1.5×10⁻⁵'])
  expect(labels(123456789, 123456793)).toEqual(['1.23456789×10⁸', '1.23456793×10⁸'])
})
