import { compareMaps, defineComparison, resultOf } from '@touchstone/core'

/**
 * How far apart, or how alike, two maps of one shape are: d(a, b) = ...
 *
 * @param a the map of an input, row-major; not to be written to.
 * @param b another, such as that of a neighbour.
 * @returns a number; NaN where there is none.
 */
export function valueOf(a: Float32Array, b: Float32Array): number {
  throw new Error('write the formula: valueOf in src/my-method.ts')
}

export const extension = defineComparison({
  name: 'my-method',
  // One line that says what it is, and the paper with its equation.
  summary: '',
  citation: '',
  // A distance is 0 for equal maps; a similarity is largest for them.
  measures: 'distance',
  // The smallest and the largest value, null for no bound.
  range: [0, null],
  compare: () => compareMaps((a, b) => resultOf(valueOf(a.data, b.data))),
})
