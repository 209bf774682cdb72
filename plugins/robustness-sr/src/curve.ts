import { areaUnder, rowAt, stackRows } from '@touchstone/core'
import { nearer, type Attacked, type MaskedSearch } from '@touchstone/network'

/**
 * Smallest changes for masks of which each holds the one before: all side by side, then, with `again`, once more from the nearest that was found for the
 * mask itself or one within it. What is found for a mask is a change for every larger one, so distances never grow.
 *
 * @param masks from the smallest to the largest
 */
export async function nestedChanges(search: MaskedSearch, masks: readonly Float32Array[], inputShape: readonly number[], again: boolean): Promise<Attacked> {
  const free = stackRows(masks, inputShape)
  const first = inherited(await search(free))
  return again ? inherited(nearer(first, await search(free, first.inputs))) : first
}

/** Each row, or one before it that is nearer. */
function inherited(found: Attacked): Attacked {
  let best = 0
  const from = found.distances.map((distance, row) => (distance < found.distances[best]! ? (best = row) : best))
  return {
    inputs: stackRows(from.map((row) => rowAt(found.inputs, row)), found.inputs.shape.slice(1)),
    succeeded: from.map((row) => found.succeeded[row]!),
    distances: from.map((row) => found.distances[row]!),
  }
}

/** The mean height of a curve: its area by the trapezoidal rule over its width, or the height of a single point. */
export function meanHeight(x: readonly number[], y: readonly number[]): number {
  return x.length === 1 ? y[0]! : areaUnder(x, y) / (x.at(-1)! - x[0]!)
}
