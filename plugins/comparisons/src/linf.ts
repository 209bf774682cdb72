import { compareMaps, defineComparison, linfDistance, resultOf } from '@touchstone/core'

/** `linf`: ||a - b||_inf = max_i |a_i - b_i| over all values of two maps of any one shape, in [0, inf). */
export const linf = defineComparison({
  name: 'linf',
  summary: 'largest absolute difference of any value of two maps',
  measures: 'distance',
  range: [0, null],
  compare: () => compareMaps((a, b) => resultOf(linfDistance(a.data, b.data))),
})
