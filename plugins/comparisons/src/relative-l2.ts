import { compareMaps, defineComparison, relativeDistance, resultOf } from '@touchstone/core'

/**
 * `relative-l2`: || (a - b) / a ||_2, value by value, where 1e-6 stands for values of `a` that are 0; `a` is the map of the input, `b` the other. In [0, inf). A few values near 0 decide it.
 *
 * Source: Agarwal, Johnson, Pawelczyk, Krishna, Saxena, Zitnik, Lakkaraju, "Rethinking Stability for Attribution-based Explanations", 2022, the numerator of equations 2, 3 and 5.
 */
export const relativeL2 = defineComparison({
  name: 'relative-l2',
  summary: 'Euclidean norm of the change of each value of a map as a share of that value',
  measures: 'distance',
  range: [0, null],
  compare: () => compareMaps((a, b) => resultOf(relativeDistance(a.data, b.data))),
})
