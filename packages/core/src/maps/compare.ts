import { undefinedResult, type AttributionMap, type Comparison, type Result } from '../contracts/metric.js'
import { isFiniteArray, sameShape } from '../rows.js'

/**
 * A comparison from its formula. Maps of two shapes are a programming error; a map with a value that is not finite has no answer.
 */
export function compareMaps(formula: (a: AttributionMap, b: AttributionMap) => Result): Comparison['compare'] {
  return (a, b) => {
    if (!sameShape(a.shape, b.shape)) throw new Error(`two maps of one shape can be compared, not [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`)
    const reason = faultOf((map) => !isFiniteArray(map.data), 'not finite', a, b)
    return reason === undefined ? formula(a, b) : undefinedResult(reason)
  }
}

/** `the first map is <word>`, `the second map is <word>` or `both maps are <word>`, for those where `test` holds; undefined where it holds for none. */
export function faultOf<T>(test: (map: T) => boolean, word: string, a: T, b: T): string | undefined {
  const [first, second] = [test(a), test(b)]
  if (first && second) return `both maps are ${word}`
  if (first || second) return `the ${first ? 'first' : 'second'} map is ${word}`
  return undefined
}

/** Whether all values are equal. */
export function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== values[0]) return false
  return true
}
