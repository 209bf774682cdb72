import { isFiniteArray, sizeOf, UserError } from '@touchstone/core'
import * as z from 'zod/mini'

/** A number, or a nested list of numbers. */
export type Nested = number | readonly Nested[]

/** A nested list in which all lists of one depth have the same length; its shape, or undefined for anything else. */
export function shapeOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : undefined
  if (!Array.isArray(value) || value.length === 0) return undefined
  const [first, ...others] = value.map(shapeOf)
  if (!first || others.some((other) => other?.join() !== first.join())) return undefined
  return [value.length, ...first]
}

export function flatten(value: Nested): number[] {
  return typeof value === 'number' ? [value] : value.flatMap(flatten)
}

/** The nested lists of a shape that hold these values, row-major. */
export function nestedOf(values: readonly number[], shape: readonly number[]): Nested {
  const [length, ...rest] = shape
  if (length === undefined) return values[0]!
  const size = sizeOf(rest)
  return Array.from({ length }, (_, index) => nestedOf(values.slice(index * size, (index + 1) * size), rest))
}

/** How many leading axes of an input are places; the last axis of an input of rank 3 or more is its channels. */
export function placeRank(inputShape: readonly number[]): number {
  return inputShape.length >= 3 ? inputShape.length - 1 : inputShape.length
}

/**
 * The values of a number or nested list for every value of an input, row-major. An axis of length 1 repeats; the channel axis may be left out.
 * @param what the option, for the message.
 * @throws UserError where the shapes do not fit.
 */
export function spread(value: Nested, inputShape: readonly number[], what: string): Float64Array {
  const given = shapeOf(value)!
  const shape = given.length === inputShape.length ? given : given.length === placeRank(inputShape) ? [...given, 1] : given.map(() => NaN)
  if (given.length > 0 && shape.some((length, axis) => length !== 1 && length !== inputShape[axis]))
    throw new UserError(`${what} has shape [${given.join(', ')}], which does not fit inputs of shape [${inputShape.join(', ')}]: each axis needs the input's length or 1, and the channel axis may be left out`)
  const flat = flatten(value)
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

const wholeAboveZero = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0

/** Lengths along the axes of an input: one number for all places, or one per axis. */
export type Lengths = number | readonly number[]

export const isLengths = (value: unknown): value is Lengths => wholeAboveZero(value) || (Array.isArray(value) && value.length > 0 && value.every(wholeAboveZero))

export const lengths = z.custom<Lengths>(isLengths, 'expected a whole number above 0, or a list of them with one per axis')

/**
 * One length per axis of the input. What names no channels, a number or a list for the places alone, gets `channels` for them.
 * @param what the option, for the message.
 * @throws UserError where a list has another length.
 */
export function lengthsPerAxis(value: Lengths, inputShape: readonly number[], channels: number, what: string): readonly number[] {
  const places = placeRank(inputShape)
  const list = typeof value === 'number' ? new Array<number>(places).fill(value) : value
  if (list.length === inputShape.length) return list
  if (list.length === places) return [...list, channels]
  throw new UserError(`${what} = [${list.join(', ')}] does not fit inputs of shape [${inputShape.join(', ')}]: give a number, or one per axis; the channel axis may be left out`)
}

/** An option for the values that stand for "absent". */
export const nested = z.custom<Nested>((value) => shapeOf(value) !== undefined, 'expected a number, or a nested list of numbers whose lists of one depth are equally long')

/** A mask: whole numbers in a nested list. */
export const isMask = (value: unknown): value is readonly Nested[] => Array.isArray(value) && shapeOf(value) !== undefined && isFiniteArray(flatten(value as Nested)) && flatten(value as Nested).every(Number.isSafeInteger)
