import { schemaOf } from '@touchstone/core'

/*
 * Schemas of this package's own options. Plugins take theirs from a validator such as zod, which takes a while to load: here it would be loaded to read a config.
 */

/** Any number, or none. */
export const optionalNumber = schemaOf((value): value is number | undefined => value === undefined || Number.isFinite(value), 'expected a number')

/** Numbers from `least` to `most`. */
export function numberFrom(least: number, most = Infinity) {
  return schemaOf((value): value is number => Number.isFinite(value) && isWithin(value as number, least, most), `expected a number ${bounds(least, most)}`)
}

/** The same without fractions. */
export function wholeNumberFrom(least: number, most = Infinity) {
  return schemaOf((value): value is number => Number.isSafeInteger(value) && isWithin(value as number, least, most), `expected a whole number ${bounds(least, most)}`)
}

/** One of several words. */
export function oneOf<T extends string>(...values: readonly T[]) {
  return schemaOf((value): value is T => values.includes(value as T), `expected ${values.map((value) => `"${value}"`).join(', ')}`)
}

function bounds(least: number, most: number): string {
  return most < Infinity ? `from ${least} to ${most}` : `of at least ${least}`
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}
