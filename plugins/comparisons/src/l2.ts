import { compareMaps, defineComparison, l2Distance, resultOf } from '@touchstone/core'

/** `l2`: ||a - b||_2 over all values of two maps of any one shape, in [0, inf). */
export const l2 = defineComparison({
  name: 'l2',
  summary: 'Euclidean distance of all values of two maps',
  measures: 'distance',
  range: [0, null],
  compare: () => compareMaps((a, b) => resultOf(l2Distance(a.data, b.data))),
})
