import { compareMaps, defineComparison, faultOf, l2Distance, resultOf, undefinedResult } from '@touchstone/core'

/** `unit-l2`: || a / ||a||_2 - b / ||b||_2 ||_2 over all values of two maps of any one shape, in [0, 2]: sqrt(2 - 2 cosine); undefined where a map is zero. */
export const unitL2 = defineComparison({
  name: 'unit-l2',
  summary: 'Euclidean distance of two maps scaled to length 1',
  measures: 'distance',
  range: [0, 2],
  compare: () =>
    compareMaps((a, b) => {
      const reason = faultOf((map) => map.data.every((value) => value === 0), 'zero', a, b)
      return reason === undefined ? resultOf(l2Distance(scaled(a.data), scaled(b.data))) : undefinedResult(reason)
    }),
})

function scaled(values: Float32Array): Float64Array {
  const length = l2Distance(values, new Float32Array(values.length))
  return Float64Array.from(values, (value) => value / length)
}
