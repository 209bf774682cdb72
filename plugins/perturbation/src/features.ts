import { flattenNested, option, sizeOf, spreadNested, type Nested } from '@touchstone/core'
import * as z from 'zod/mini'
import { isLengths, isMask, lengthsPerAxis, type Lengths } from './arrays.js'

/** Which input values make one feature: they are kept and taken away together. */
export type FeatureChoice = 'values' | 'pixels' | { readonly blocks: Lengths } | { readonly mask: readonly Nested[] }

/** The values of an input, grouped. */
export interface Features {
  readonly count: number
  /** The feature of every input value, row-major, from 0 to `count - 1`. */
  readonly of: Int32Array
}

const isChoice = (value: unknown): value is FeatureChoice => {
  if (value === 'values' || value === 'pixels') return true
  if (typeof value !== 'object' || value === null) return false
  const entries = Object.entries(value)
  return entries.length === 1 && entries.every(([key, inner]) => (key === 'blocks' && isLengths(inner)) || (key === 'mask' && isMask(inner)))
}

export const featuresOption = option(
  z.custom<FeatureChoice>(isChoice, 'expected "values", "pixels", { blocks: 4 }, { blocks: [4, 4] }, or { mask: [[0, 0, 1], ...] } with a whole number for every value or every pixel'),
  { summary: 'what is taken away together: single values, pixels with all channels, blocks of pixels, or the equal numbers of a mask', default: 'values' },
)

/**
 * The features of an input. Equal numbers in a mask are one feature; which numbers is of no matter.
 * @throws UserError where blocks or mask do not fit the input's shape.
 */
export function featuresOf(choice: FeatureChoice, inputShape: readonly number[], who: string): Features {
  if (choice === 'values') return { count: sizeOf(inputShape), of: Int32Array.from({ length: sizeOf(inputShape) }, (_, index) => index) }
  if (choice === 'pixels') return featuresOf({ blocks: 1 }, inputShape, who)
  if ('mask' in choice) {
    const mask = spreadNested(choice.mask, inputShape, `${who}: features.mask`)
    const feature = new Map([...new Set(mask)].sort((a, b) => a - b).map((id, index) => [id, index]))
    return { count: feature.size, of: Int32Array.from(mask, (id) => feature.get(id)!) }
  }
  const block = lengthsPerAxis(choice.blocks, inputShape, inputShape.at(-1)!, `${who}: features.blocks`)
  const grid = inputShape.map((length, axis) => Math.ceil(length / block[axis]!))
  const of = Int32Array.from({ length: sizeOf(inputShape) }, (_, index) => {
    let [rest, feature, step] = [index, 0, 1]
    for (let axis = inputShape.length - 1; axis >= 0; axis--) {
      const at = rest % inputShape[axis]!
      rest = (rest - at) / inputShape[axis]!
      feature += Math.floor(at / block[axis]!) * step
      step *= grid[axis]!
    }
    return feature
  })
  return { count: sizeOf(grid), of }
}

/** How many features there are, where that is known: a mask says it by itself, the others need the input's shape. */
export function featureCount(choice: FeatureChoice, inputShape?: readonly number[]): number | undefined {
  if (typeof choice === 'object' && 'mask' in choice) return new Set(flattenNested(choice.mask)).size
  return inputShape && featuresOf(choice, inputShape, '').count
}
