import { flattenNested, isFiniteArray, isNested, placeRank, UserError, type Nested } from '@touchstone/core'
import * as z from 'zod/mini'

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

/** A mask: whole numbers in a nested list. */
export const isMask = (value: unknown): value is readonly Nested[] => Array.isArray(value) && isNested(value) && isFiniteArray(flattenNested(value)) && flattenNested(value).every(Number.isSafeInteger)
