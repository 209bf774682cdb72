import { UserError } from '@touchstone/core'
import { gaussLegendre } from './gauss-legendre.js'

/** Points and weights of a quadrature on [0, 1]: the integral of f is about sum_i weights[i] f(points[i]). */
export interface Quadrature {
  /** Ascending. */
  readonly points: Float64Array
  /** Positive, with sum 1. */
  readonly weights: Float64Array
}

const rules = {
  /** Exact up to degree 2n - 1. */
  'gauss-legendre': gaussLegendre,
  /** 0, 1/n, ..., (n - 1)/n, weights 1/n. */
  'riemann-left': (n: number): Quadrature => evenly(n, (k) => k / n),
  /** 1/n, 2/n, ..., 1, weights 1/n. */
  'riemann-right': (n: number): Quadrature => evenly(n, (k) => (k + 1) / n),
  /** 1/(2n), 3/(2n), ..., weights 1/n. */
  'riemann-middle': (n: number): Quadrature => evenly(n, (k) => (k + 0.5) / n),
  /** 0, h, 2h, ..., 1 with h = 1/(n - 1), weights h, at both ends h/2. */
  trapezoid: (n: number): Quadrature => {
    if (n < 2) throw new UserError('the trapezoid rule needs at least 2 points, found 1')
    const { points, weights } = evenly(n, (k) => k / (n - 1))
    weights.fill(1 / (n - 1))
    weights[0] = weights[n - 1] = 0.5 / (n - 1)
    return { points, weights }
  },
} satisfies Readonly<Record<string, (n: number) => Quadrature>>

/** The name of a quadrature rule. */
export type QuadratureRule = keyof typeof rules

/** Every rule's name. */
export const quadratureRules = Object.keys(rules) as QuadratureRule[]

/**
 * A rule with `n` points on [0, 1].
 *
 * @param n a whole number of at least 1, for the trapezoid rule 2
 * @throws UserError for other numbers of points.
 */
export function quadrature(rule: QuadratureRule, n: number): Quadrature {
  if (!Number.isSafeInteger(n) || n < 1) throw new UserError(`a quadrature needs a whole number of points of at least 1, found ${n}`)
  return rules[rule](n)
}

function evenly(n: number, pointAt: (k: number) => number): Quadrature {
  return { points: Float64Array.from({ length: n }, (_, k) => pointAt(k)), weights: new Float64Array(n).fill(1 / n) }
}
