import { sizeOf, stackRows, type Randomness } from '@touchstone/core'
import type { Network } from '../network.js'
import type { MaskedOptions, MaskedSearch } from './masked.js'
import { minimumNorm, type MinimumNormOptions } from './minimum-norm.js'

/** Options of the search by bisection. */
export interface BisectionSearchOptions extends MaskedOptions, Pick<MinimumNormOptions, 'maximum' | 'bisections' | 'steps' | 'restarts' | 'loss'> {
  /** Random numbers of the input; needed for more than one restart. All masks start at the same places, cut to their free values. */
  readonly randomness?: Randomness
}

/** The reference search for smallest changes: bisection of the radius, an attack by projected gradient descent at each. Heeds no start. */
export function bisectionSearch(network: Network, input: Float32Array, of: number, { randomness, ...options }: BisectionSearchOptions): MaskedSearch {
  return (free) => {
    const rows = new Array<undefined>(free.data.length / sizeOf(network.inputShape)).fill(undefined)
    return minimumNorm(network, stackRows(rows.map(() => input), network.inputShape), rows.map(() => of), { ...options, free, ...(randomness && { randomness: rows.map(() => randomness) }) })
  }
}
