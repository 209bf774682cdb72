import { rowAt, stackRows, type Rows } from '@touchstone/core'
import type { Network } from '../network.js'
import type { Attacked } from './attack.js'
import { pgd, type PgdOptions } from './pgd.js'

/** Options of the search for the smallest change. */
export interface MinimumNormOptions extends Omit<PgdOptions, 'radius'> {
  /** The largest radius that is tried. */
  readonly maximum: number
  /** How often the radius is halved towards the smallest; each costs an attack. Default 8. */
  readonly bisections?: number
}

/**
 * The smallest change that reaches the goal, from above: bisection of the radius, an attack by projected gradient descent at each. A row whose
 * attack fails at the largest radius is asked no more, keeps its input, is said not to have succeeded, and has the distance Infinity.
 */
export async function minimumNorm(network: Network, inputs: Rows, classes: readonly number[], { maximum, bisections = 8, free, randomness, ...options }: MinimumNormOptions): Promise<Attacked> {
  const count = inputs.shape[0] ?? 0
  const data = inputs.data.slice()
  const below = new Array<number>(count).fill(0)
  const distances = new Array<number>(count).fill(Infinity)
  let open = distances.map((_, row) => row)
  for (let round = 0; round <= bisections && open.length > 0; round++) {
    const of = (rows: Rows): Rows => stackRows(open.map((row) => rowAt(rows, row)), inputs.shape.slice(1))
    const radius = open.map((row) => (round === 0 ? maximum : (below[row]! + distances[row]!) / 2))
    const attacked = await pgd(network, of(inputs), open.map((row) => classes[row]!), { ...options, radius, ...(free && { free: of(free) }), ...(randomness && { randomness: open.map((row) => randomness[row]!) }) })
    open.forEach((row, place) => {
      if (!attacked.succeeded[place]) below[row] = radius[place]!
      else if (attacked.distances[place]! < distances[row]!) {
        distances[row] = attacked.distances[place]!
        data.set(rowAt(attacked.inputs, place), (row * data.length) / count)
      }
    })
    open = open.filter((row) => Number.isFinite(distances[row]))
  }
  return { inputs: { shape: inputs.shape, data }, succeeded: distances.map(Number.isFinite), distances }
}
