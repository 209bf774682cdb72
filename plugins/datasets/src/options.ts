import { option } from '@touchstone/core'
import * as z from 'zod/mini'

/** For sets that are published as examples to train and to test. */
export const splitOption = option(z.enum(['train', 'test'], 'expected "train" or "test"'), { summary: 'which examples', default: 'test' })

export const folderOption = (summary: string) => option(z.string('expected a path'), { summary })

/** Two numbers, the first below the second. */
export const rangeSchema = z.tuple([z.number(), z.number()], 'expected two numbers, [low, high]').check(z.refine(([low, high]) => low < high, 'expected low below high'))
