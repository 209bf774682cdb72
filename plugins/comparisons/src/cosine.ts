import { compareMaps, defineComparison, faultOf, resultOf, undefinedResult } from '@touchstone/core'

/** `cosine`: <a, b> / (||a||_2 ||b||_2) over all values of two maps of any one shape, in [-1, 1]; undefined where a map is zero. */
export const cosine = defineComparison({
  name: 'cosine',
  summary: 'cosine of the angle between two maps, taken as vectors of all their values',
  measures: 'similarity',
  range: [-1, 1],
  compare: () =>
    compareMaps((a, b) => {
      const reason = faultOf((map) => map.data.every((value) => value === 0), 'zero', a, b)
      if (reason !== undefined) return undefinedResult(reason)
      const cosineOfAngle = dot(a.data, b.data) / Math.sqrt(dot(a.data, a.data)) / Math.sqrt(dot(b.data, b.data))
      return resultOf(Math.min(1, Math.max(-1, cosineOfAngle)))
    }),
})

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}
