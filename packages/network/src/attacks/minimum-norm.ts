import { rowAt, type Rows } from '@touchstone/core'
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
 * attack fails at the largest radius keeps its input, is said not to have succeeded, and has the distance Infinity.
 */
export async function minimumNorm(network: Network, inputs: Rows, classes: readonly number[], { maximum, bisections = 8, ...options }: MinimumNormOptions): Promise<Attacked> {
  const count = inputs.shape[0] ?? 0
  const data = inputs.data.slice()
  const below = new Array<number>(count).fill(0)
  const distances = new Array<number>(count).fill(Infinity)
  let radii = new Array<number>(count).fill(maximum)
  for (let round = 0; round <= bisections; round++) {
    const attacked = await pgd(network, inputs, classes, { ...options, radius: radii })
    radii = radii.map((radius, row) => {
      const distance = attacked.distances[row]!
      if (attacked.succeeded[row] && distance < distances[row]!) {
        distances[row] = distance
        data.set(rowAt(attacked.inputs, row), (row * data.length) / count)
      } else if (!attacked.succeeded[row]) below[row] = radius
      // Where even the largest radius fails there is nothing to halve.
      return distances[row] === Infinity ? maximum : (below[row]! + distances[row]!) / 2
    })
  }
  return { inputs: { shape: inputs.shape, data }, succeeded: distances.map(Number.isFinite), distances }
}
