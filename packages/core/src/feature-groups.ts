import { isLengths, lengthsPerAxis, type Lengths } from './lengths.js'
import { flattenNested, isNested, spreadNested, type Nested } from './nested.js'
import { option, type Option } from './options.js'
import { isFiniteArray, sizeOf } from './rows.js'
import { schemaOf } from './schema.js'

/** Which input values make one feature: they are kept and taken away together. */
export type FeatureChoice = 'values' | 'pixels' | { readonly blocks: Lengths } | { readonly mask: readonly Nested[] }

/** The values of an input, grouped. */
export interface FeatureGroups {
  readonly count: number
  /** The feature of every input value, row-major, from 0 to `count - 1`. */
  readonly of: Int32Array
}

/** Whole numbers in a nested list. */
const isMask = (value: unknown): value is readonly Nested[] => Array.isArray(value) && isNested(value) && isFiniteArray(flattenNested(value)) && flattenNested(value).every(Number.isSafeInteger)

const isChoice = (value: unknown): value is FeatureChoice => {
  if (value === 'values' || value === 'pixels') return true
  if (typeof value !== 'object' || value === null) return false
  const entries = Object.entries(value)
  return entries.length === 1 && entries.every(([key, inner]) => (key === 'blocks' && isLengths(inner)) || (key === 'mask' && isMask(inner)))
}

/** The option `features` of every method that treats groups of values as one. */
export const featureGroupsOption: Option<FeatureChoice> = option(
  schemaOf(isChoice, 'expected "values", "pixels", { blocks: 4 }, { blocks: [4, 4] }, or { mask: [[0, 0, 1], ...] } with a whole number for every value or every pixel'),
  { summary: 'what is taken away together: single values, pixels with all channels, blocks of pixels, or the equal numbers of a mask', default: 'values' },
)

/**
 * The features of an input. Equal numbers in a mask are one feature; which numbers is of no matter.
 * @throws UserError where blocks or mask do not fit the input's shape.
 */
export function groupFeatures(choice: FeatureChoice, inputShape: readonly number[], who: string): FeatureGroups {
  if (choice === 'values') return { count: sizeOf(inputShape), of: Int32Array.from({ length: sizeOf(inputShape) }, (_, index) => index) }
  if (choice === 'pixels') return groupFeatures({ blocks: 1 }, inputShape, who)
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
  return inputShape && groupFeatures(choice, inputShape, '').count
}
