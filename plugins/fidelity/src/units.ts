import { featuresOf, isConstant, option, sizeOf, type AttributionMap } from '@touchstone/core'
import * as z from 'zod/mini'

/** What is taken away together: a pixel with all its channels, or a single value. */
export type Unit = 'pixel' | 'scalar'

export const unitOption = option(z.enum(['pixel', 'scalar'], 'expected "pixel" or "scalar"'), {
  summary: 'what is taken away together: a pixel with all its channels, whose attributions are added, or a single value',
  default: 'pixel',
})

/** The units of an input: unit u is the values from u * width to (u + 1) * width - 1. */
export interface Units {
  readonly count: number
  readonly width: number
}

/** Of an input of rank 3 or more the last axis is its channels; of others every value is a pixel. */
export function unitsOf(inputShape: readonly number[], unit: Unit): Units {
  const width = unit === 'scalar' || inputShape.length < 3 ? 1 : inputShape.at(-1)!
  return { count: sizeOf(inputShape) / width, width }
}

/** The attribution of every unit: the sum over its values. */
export function perUnit(map: AttributionMap, unit: Unit): Float64Array {
  return featuresOf(map, unit === 'pixel' ? 'sum' : 'keep')
}

/** Copies the values of some units from `from` to `to`. */
export function copyUnits(from: ArrayLike<number>, to: Float32Array, units: Uint32Array, width: number): void {
  for (let place = 0; place < units.length; place++) {
    const first = units[place]! * width
    for (let index = first; index < first + width; index++) to[index] = from[index]!
  }
}

/** Why a map ranks nothing; undefined where it does. */
export function rankingFault(attributions: Float64Array): string | undefined {
  return isConstant(attributions) ? 'the map is constant: it ranks nothing' : undefined
}
