import { UserError } from './errors.js'
import { placeRank } from './nested.js'

const wholeAboveZero = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0

/** Lengths along the axes of an input: one number for all places, or one per axis. */
export type Lengths = number | readonly number[]

export const isLengths = (value: unknown): value is Lengths => wholeAboveZero(value) || (Array.isArray(value) && value.length > 0 && value.every(wholeAboveZero))

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
