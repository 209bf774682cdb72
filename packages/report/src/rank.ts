import type { Direction } from '@touchstone/core'

/** A place among the methods of one model by one metric. */
export interface Rank {
  /** 1 for the best; equal means share the better place, and the next one is left out: 1, 2, 2, 4. */
  readonly place: number
  /** How many methods have a place. */
  readonly of: number
  readonly tied: boolean
}

/** Ranks means. What has none gets no rank. */
export function rank(means: readonly (number | null | undefined)[], direction: Direction): readonly (Rank | undefined)[] {
  const known = means.filter((mean) => typeof mean === 'number')
  const better = (a: number, b: number) => (direction === 'lower' ? a < b : a > b)
  return means.map((mean) =>
    typeof mean === 'number'
      ? {
          place: 1 + known.filter((other) => better(other, mean)).length,
          of: known.length,
          tied: known.filter((other) => other === mean).length > 1,
        }
      : undefined,
  )
}
