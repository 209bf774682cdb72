import { eachRow, l2Distance, linfDistance, type Rows } from '@touchstone/core'
import type { AttackOptions, Attacked, Norm } from './attack.js'

/** What searches for the smallest change of some values of an input are told. */
export type MaskedOptions = Pick<AttackOptions, 'norm' | 'targeted' | 'bounds' | 'batchRows' | 'signal'>

/**
 * A search, for one input x and many masks side by side, for eps* = min ||x' - x|| such that x' reaches the goal and differs from x in free values alone.
 * What it finds is an upper bound of eps*. A row's answer depends on that row alone; where the goal is not reached the row keeps x, and its distance is
 * Infinity.
 *
 * @param free `[n, ...inputShape]`, 1 where a value may change, 0 where it stays
 * @param from inputs to start at, `[n, ...inputShape]`, such as what was found for a smaller mask; x itself unless told
 */
export type MaskedSearch = (free: Rows, from?: Rows) => Promise<Attacked>

/** ||a - b|| in the norm of an attack. */
export function distanceIn(norm: Norm): (a: ArrayLike<number>, b: ArrayLike<number>) => number {
  return norm === 'l2' ? l2Distance : linfDistance
}

/** The largest distance from `x` within the bounds: no change is larger, so it caps what is not found. */
export function largestMove(x: Float32Array, { low, high }: { readonly low: number; readonly high: number }, norm: Norm): number {
  return distanceIn(norm)(x.map((value) => Math.max(value - low, high - value)), new Float32Array(x.length))
}

/** The better of two answers, row by row. */
export function nearer(a: Attacked, b: Attacked): Attacked {
  const second = a.distances.map((distance, row) => b.distances[row]! < distance)
  const data = a.inputs.data.slice()
  eachRow(b.inputs).forEach((row, index) => {
    if (second[index]) data.set(row, index * row.length)
  })
  return {
    inputs: { shape: a.inputs.shape, data },
    succeeded: a.succeeded.map((success, row) => success || b.succeeded[row]!),
    distances: a.distances.map((distance, row) => Math.min(distance, b.distances[row]!)),
  }
}
