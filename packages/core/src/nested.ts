import { UserError } from './errors.js'
import { sizeOf } from './rows.js'

/** A number, or a nested list of numbers: how a user writes an array. */
export type Nested = number | readonly Nested[]

/** The shape of a nested list in which all lists of one depth have the same length, `[]` for a number; undefined for anything else. */
export function nestedShape(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : undefined
  if (!Array.isArray(value) || value.length === 0) return undefined
  const [first, ...others] = value.map(nestedShape)
  if (!first || others.some((other) => other?.join() !== first.join())) return undefined
  return [value.length, ...first]
}

/** Whether `value` is a number or a nested list that has a shape. */
export const isNested = (value: unknown): value is Nested => nestedShape(value) !== undefined

/** All its numbers, row-major. */
export function flattenNested(value: Nested): number[] {
  return typeof value === 'number' ? [value] : value.flatMap(flattenNested)
}

/** How many leading axes of an input are places; the last axis of an input of rank 3 or more is its channels. */
export function placeRank(inputShape: readonly number[]): number {
  return inputShape.length >= 3 ? inputShape.length - 1 : inputShape.length
}

/**
 * The values of a number or nested list for every value of an input, row-major. An axis of length 1 repeats; the channel axis may be left out.
 * One value per channel of an image is `[[[r, g, b]]]`.
 *
 * @param what the option, for the message.
 * @throws UserError where the shapes do not fit.
 */
export function spreadNested(value: Nested, inputShape: readonly number[], what: string): Float64Array {
  const given = nestedShape(value)!
  const shape = given.length === inputShape.length ? given : given.length === placeRank(inputShape) ? [...given, 1] : given.map(() => NaN)
  if (given.length > 0 && shape.some((length, axis) => length !== 1 && length !== inputShape[axis]))
    throw new UserError(`${what} has shape [${given.join(', ')}], which does not fit inputs of shape [${inputShape.join(', ')}]: each axis needs the input's length or 1, and the channel axis may be left out`)
  const flat = flattenNested(value)
  if (given.length === 0) return new Float64Array(sizeOf(inputShape)).fill(flat[0]!)
  return Float64Array.from({ length: sizeOf(inputShape) }, (_, index) => {
    let [rest, source, step] = [index, 0, 1]
    for (let axis = inputShape.length - 1; axis >= 0; axis--) {
      const at = rest % inputShape[axis]!
      rest = (rest - at) / inputShape[axis]!
      if (shape[axis]! > 1) source += at * step
      step *= shape[axis]!
    }
    return flat[source]!
  })
}
