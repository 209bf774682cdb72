import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gaussLegendre, quadrature, quadratureRules } from './index.js'

// Abramowitz and Stegun, table 25.4, moved from [-1, 1] to [0, 1].
test('the three-point rule has the printed abscissas and weights', () => {
  const { points, weights } = gaussLegendre(3)
  const root = 0.774596669241483
  ;[(1 - root) / 2, 0.5, (1 + root) / 2].forEach((point, i) => expect(points[i]).toBeCloseTo(point, 14))
  ;[5 / 18, 8 / 18, 5 / 18].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 14))
})

test('Gauss-Legendre with n points integrates x^p exactly up to p = 2n - 1', () => {
  for (const n of [1, 2, 3, 5, 16, 50, 200, 1000, 5000]) {
    const { points, weights } = gaussLegendre(n)
    expect([...points].every((point, i) => point > (points[i - 1] ?? 0) && point < 1)).toBe(true)
    for (const p of [0, 1, 2 * n - 2, 2 * n - 1]) {
      const integral = points.reduce((sum, point, i) => sum + weights[i]! * point ** p, 0)
      expect(integral).toBeCloseTo(1 / (p + 1), 12)
    }
  }
})

test.each([
  ['riemann-left', 4, [0, 0.25, 0.5, 0.75], [0.25, 0.25, 0.25, 0.25]],
  ['riemann-right', 4, [0.25, 0.5, 0.75, 1], [0.25, 0.25, 0.25, 0.25]],
  ['riemann-middle', 4, [0.125, 0.375, 0.625, 0.875], [0.25, 0.25, 0.25, 0.25]],
  ['trapezoid', 5, [0, 0.25, 0.5, 0.75, 1], [0.125, 0.25, 0.25, 0.25, 0.125]],
  ['trapezoid', 2, [0, 1], [0.5, 0.5]],
] as const)('%s with %i points', (rule, n, points, weights) => {
  expect(quadrature(rule, n)).toEqual({ points: Float64Array.from(points), weights: Float64Array.from(weights) })
})

test('every rule: points ascend within [0, 1], weights are positive with sum 1', () => {
  fc.assert(
    fc.property(fc.constantFrom(...quadratureRules), fc.integer({ min: 2, max: 3000 }), (rule, n) => {
      const { points, weights } = quadrature(rule, n)
      expect(points).toHaveLength(n)
      expect([...points].every((point, i) => point > (points[i - 1] ?? -1) && point >= 0 && point <= 1)).toBe(true)
      expect([...weights].every((weight) => weight > 0)).toBe(true)
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    }),
  )
})

test('numbers of points that no rule has are refused', () => {
  for (const n of [0, -1, 1.5, NaN]) for (const rule of quadratureRules) expect(() => quadrature(rule, n)).toThrow(`a whole number of points of at least 1, found ${n}`)
  expect(() => quadrature('trapezoid', 1)).toThrow('the trapezoid rule needs at least 2 points')
})
