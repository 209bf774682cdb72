import { expect, test } from 'vitest'
import { arm, diverging, gradient, notFiniteColour, palette, type Rgb } from './colours.js'

/** CIELAB of sRGB, white point D50 as in CSS, by the formulas of the CSS Color 4 specification. */
function lab(colour: Rgb): { readonly l: number; readonly a: number; readonly b: number } {
  const [r, g, b] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  const f = (value: number) => (value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116)
  const x = f((0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.96422)
  const y = f(0.2225045 * r + 0.7168786 * g + 0.0606169 * b)
  const z = f((0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.82521)
  return { l: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z) }
}

const difference = (first: Rgb, second: Rgb) => {
  const [p, q] = [lab(first), lab(second)]
  return Math.hypot(p.l - q.l, p.a - q.a, p.b - q.b)
}
const steps = Array.from({ length: 51 }, (_, index) => index / 50)

test('zero is neutral and bright', () => {
  const [red, green, blue] = diverging(0)
  expect(new Set([red, green, blue]).size).toBe(1)
  expect(lab(diverging(0)).l).toBeGreaterThan(95)
})

test('negative is blue, positive is red, and both grow equally dark and equally colourful', () => {
  expect(diverging(-1)).toEqual([28, 88, 183])
  expect(diverging(1)).toEqual([166, 38, 54])
  for (const step of steps) {
    expect(Math.abs(lab(diverging(step)).l - lab(diverging(-step)).l)).toBeLessThan(1)
    expect(Math.abs(difference(diverging(step), diverging(0)) - difference(diverging(-step), diverging(0)))).toBeLessThan(1.5)
  }
})

test('lightness falls on either arm', () => {
  for (const sign of [-1, 1]) {
    const lightness = steps.map((step) => lab(diverging(sign * step)).l)
    for (let index = 1; index < lightness.length; index++) expect(lightness[index]!).toBeLessThan(lightness[index - 1]!)
  }
})

test('equal steps look equal', () => {
  for (const sign of [-1, 1]) {
    const total = difference(diverging(0), diverging(sign))
    for (const step of steps) expect(Math.abs(difference(diverging(0), diverging(sign * step)) - step * total)).toBeLessThan(1)
  }
})

test('values outside are drawn as the ends', () => {
  expect(diverging(7)).toEqual(diverging(1))
  expect(diverging(-7)).toEqual(diverging(-1))
})

test('the palette is centred on zero and ends with a colour that the scale does not have', () => {
  expect(palette).toHaveLength(2 * arm + 2)
  expect(palette[arm]).toEqual(diverging(0))
  expect(palette[2 * arm]).toEqual(diverging(1))
  expect(palette[0]).toEqual(diverging(-1))
  expect(palette.at(-1)).toEqual(notFiniteColour)
  expect(Math.min(...palette.slice(0, -1).map((colour) => difference(colour, notFiniteColour)))).toBeGreaterThan(40)
  expect(gradient(3)).toBe('linear-gradient(to right, rgb(28 88 183), rgb(247 247 247), rgb(166 38 54))')
})
