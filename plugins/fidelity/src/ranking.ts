import { option, type ScoreContext } from '@touchstone/core'
import * as z from 'zod/mini'
import { outputsOfVariants, type OutputScale } from './outputs.js'
import { copyUnits } from './units.js'

export const perStepOption = option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1')), { summary: 'how many units each step replaces', default: 1, unit: 'pixels or values' })

/** A way from one input to another, unit by unit. */
export interface Path {
  readonly from: ArrayLike<number>
  readonly to: ArrayLike<number>
  /** The units in the order in which they are replaced. */
  readonly order: Uint32Array
  /** How many of them are replaced at each point. */
  readonly counts: readonly number[]
  readonly width: number
}

/** The output for the target at every point of a path, [counts]. */
export function outputsAlong(context: ScoreContext, { from, to, order, counts, width }: Path, scale: OutputScale): Promise<Float64Array> {
  return outputsOfVariants(context, counts.length, scale, (x, point) => {
    x.set(from)
    copyUnits(to, x, order.subarray(0, counts[point]), width)
  })
}

/** `perStep`, 2 `perStep`, ... and at last all of `count`. */
export function stepsOf(count: number, perStep: number): number[] {
  return Array.from({ length: Math.ceil(count / perStep) }, (_, step) => Math.min(count, (step + 1) * perStep))
}
