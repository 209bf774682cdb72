import { compareMaps, faultOf, isConstant, resultOf, undefinedResult, type Comparison } from '@touchstone/core'
import { planeOf, windowFault, type Plane, type Reduction } from './plane.js'

/** A comparison of the values of two maps, from its formula. Undefined for constant maps, and for windows that no pixel is outside of. */
export function comparePlanes(channels: Reduction, w: number, formula: (a: Plane, b: Plane, w: number) => number): Comparison['compare'] {
  return compareMaps((first, second) => {
    const [a, b] = [planeOf(first, channels), planeOf(second, channels)]
    const reason = windowFault(a, w) ?? faultOf((plane: Plane) => isConstant(plane.values), 'constant', a, b)
    return reason === undefined ? resultOf(formula(a, b, w)) : undefinedResult(reason)
  })
}
