import { expect, test } from 'vitest'
import { counted, formatCount, formatMean, formatNumber, formatSeconds } from './numbers.js'

test.each([
  [0, '0'],
  [-0, '0'],
  [0.42, '0.420'],
  [-12.345, '−12.3'],
  [123456, '123456'],
  [0.000123, '0.000123'],
  [-0.0000123, '−1.23×10⁻⁵'],
  [12345678, '1.23×10⁷'],
  [0.9999, '1.00'],
  [999999, '1.00×10⁶'],
])('%d reads %s', (value, expected) => {
  expect(formatNumber(value)).toBe(expected)
})

test('a mean shows as many decimals as its interval needs, and its bounds show the same', () => {
  expect(formatMean(0.421, 0.05, 0.9)).toEqual({ mean: '0.421', interval: '[0.050, 0.900]' })
  expect(formatMean(123.4, 123.1, 123.7)).toEqual({ mean: '123.40', interval: '[123.10, 123.70]' })
  expect(formatMean(0.4215, 0.4207, 0.4223)).toEqual({ mean: '0.4215', interval: '[0.4207, 0.4223]' })
  expect(formatMean(-0.001, -0.02, 0)).toEqual({ mean: '−0.0010', interval: '[−0.0200, 0.0000]' })
  expect(formatMean(0, 0, 0)).toEqual({ mean: '0', interval: '[0, 0]' })
  expect(formatMean(2, 2, 2)).toEqual({ mean: '2.00', interval: '[2.00, 2.00]' })
  expect(formatMean(2, null, null)).toEqual({ mean: '2.00', interval: undefined })
  expect(formatMean(3e-7, 2e-7, 4e-7)).toEqual({ mean: '3.00×10⁻⁷', interval: '[2.00×10⁻⁷, 4.00×10⁻⁷]' })
})

test('counts and seconds', () => {
  expect(formatCount(1234567)).toBe('1,234,567')
  expect([counted(1, 'example'), counted(1000, 'example')]).toEqual(['1 example', '1,000 examples'])
  expect([0, 0.05, 8.23, 83.4, 600, 7300].map(formatSeconds)).toEqual(['0 s', '0.050 s', '8.2 s', '83 s', '600 s (10 min)', '7,300 s (2 h 2 min)'])
})
