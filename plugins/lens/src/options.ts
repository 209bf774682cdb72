import { option, schemaOf } from '@touchstone/core'
import type { Reduction } from './plane.js'

const isRadius = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The option `w` of all LENS comparisons. */
export const windowOption = option<number>(schemaOf(isRadius, 'expected a whole number of pixels, at least 0'), {
  summary: 'how far apart pixels may lie and still count as the same place: the window of a pixel is 2 w + 1 pixels wide and high',
  default: 1,
  unit: 'pixels',
})

const isReduction = (value: unknown): value is Reduction => value === 'sum-abs' || value === 'sum'

/** The option `channels` of all LENS comparisons: places have one value each. */
export const reductionOption = option<Reduction>(schemaOf(isReduction, 'expected "sum-abs" or "sum"'), {
  summary: 'channels become one value per pixel by the sum of their absolute values (sum-abs) or of their values (sum)',
  default: 'sum-abs',
})
