import { canonicalJson, createToken, isRecord, option, UserError, type Score, type ScoreContext } from '@touchstone/core'
import * as z from 'zod/mini'
import { absentValues, fitsAbsent, type Absent } from './absent.js'
import { outputsOfVariants } from './outputs.js'
import { checkSquare, randomSquares } from './random-squares.js'
import { randomSubsets } from './random-subsets.js'
import { copySet, type UnitSets } from './unit-sets.js'
import { unitsOf, type Unit } from './units.js'

/** How many units a subset has: a number of them, or a share of all. */
export type SubsetSize = number | { readonly share: number }

const isSize = (value: unknown): value is SubsetSize =>
  (Number.isSafeInteger(value) && (value as number) >= 1) || (isRecord(value) && Object.keys(value).length === 1 && typeof value.share === 'number' && value.share > 0 && value.share <= 1)

export const subsetSize = z.custom<SubsetSize>(isSize, 'expected a whole number above 0, or { share: 0.5 } with a share above 0 and at most 1')

/** A random square of an image, `square` pixels high and wide. */
export interface Square {
  readonly square: number
}

export const subsetOption = option(subsetSize, { summary: 'how many units are taken away at once: a number, or a share of all as { share: 0.5 }', default: { share: 0.5 }, unit: 'pixels or values' })

export const runsOption = (fallback: number) =>
  option(z.int('expected a whole number').check(z.gte(2, 'expected at least 2'), z.lte(1_000_000, 'expected at most 1000000')), { summary: 'how many random subsets are taken away, one after the other', default: fallback, unit: 'subsets' })

/** What determines the masked inputs of an example. */
export interface MaskOptions {
  readonly subset: SubsetSize | Square
  readonly runs: number
  readonly baseline: Absent
  readonly unit: Unit
}

/** Random subsets of an input's units, and what the model says without them. */
export interface Masked {
  readonly subsets: UnitSets
  /** F_y(x) - F_y(x without the subset), [runs]; of the model's own outputs. */
  readonly falls: Float64Array
  /** What stands for "absent", in the input's shape. */
  readonly absent: Float32Array
}

const masked = createToken<Masked>('@touchstone/fidelity:masked')
const fallsWithout = createToken<Float64Array>('@touchstone/fidelity:falls')

/**
 * Random subsets of an example and the falls of the output without each. They follow from seed, example and options alone, so they are made once per
 * example and model, for all methods and all scores that ask for the same.
 *
 * @throws UserError where a subset or a square is larger than the input, or squares are asked of what is no image.
 */
export function maskedOutputs(context: ScoreContext, { subset, runs, baseline, unit }: MaskOptions, who: string): Promise<Masked> {
  const key = canonicalJson({ subset, runs, baseline, unit })
  return context.shared(masked, key, async () => {
    const { model, outputs, target, randomness } = context
    const { count, width } = unitsOf(model.inputShape, unit)
    const absent = await absentValues(baseline, context, who)
    const subsets = isSquare(subset) ? randomSquares(subset.square, model.inputShape, count, runs, randomness, who) : randomSubsets(count, sizeOfSubset(subset, count, unit, who), runs, randomness)
    const falls = await context.kept(fallsWithout, key, async () => {
      const without = await outputsOfVariants(context, runs, outputScale(context), (x, run) => copySet(absent, x, subsets, run, width))
      return without.map((output) => outputs[target]! - output)
    })
    return { subsets, falls, absent }
  })
}

/** Whether subsets or squares, and what stands for "absent", fit a model and the data. */
export function fitsSubsets(subsets: readonly (SubsetSize | Square)[], { baseline, unit }: Pick<MaskOptions, 'baseline' | 'unit'>, who: string): NonNullable<Score['fits']> {
  return async (model, dataset) => {
    for (const subset of subsets) {
      if (isSquare(subset)) checkSquare(subset.square, model, who)
      else sizeOfSubset(subset, unitsOf(model.inputShape, unit).count, unit, who)
    }
    await fitsAbsent(baseline, who)(model, dataset)
  }
}

const isSquare = (subset: SubsetSize | Square): subset is Square => typeof subset === 'object' && 'square' in subset

/** The scale on which the model answers by itself. */
export const outputScale = ({ model }: ScoreContext): 'logit' | 'probability' => (model.outputs === 'logits' ? 'logit' : 'probability')

/** @throws UserError where the input has fewer units. */
function sizeOfSubset(subset: SubsetSize, count: number, unit: Unit, who: string): number {
  if (typeof subset === 'object') return Math.max(1, Math.round(subset.share * count))
  if (subset > count) throw new UserError(`${who}: a subset of ${subset} ${unit === 'pixel' ? 'pixels' : 'values'} is larger than the input, which has ${count}: ask for fewer, or for a share`)
  return subset
}
