import { breathe, stackRows, type FeatureGroups, type Randomness } from '@touchstone/core'
import { bisectionSearch, boundarySearch, decisionPlane, distanceIn, largestMove, nearestOnPlane, type Network, type Norm } from '@touchstone/network'

/** One input, and what GreedyAS may know of it. */
export interface Subject {
  readonly network: Network
  readonly input: Float32Array
  /** The class that is predicted and explained. */
  readonly target: number
  readonly groups: FeatureGroups
  /** The range that changed inputs stay in. */
  readonly bounds: { readonly low: number; readonly high: number }
  readonly randomness: Randomness
  readonly batchRows: number
  readonly signal?: AbortSignal
}

/** Whose features change: those of the set, as in Robustness-S_r, or all others, as in its complement. */
export type Objective = 'robustness-sr' | 'robustness-sr-complement'

/** A set of features: 1 for each that is in it. */
export type FeatureSet = Uint8Array

/** eps* of sets of features, by searches of a few steps. */
export interface SetValues {
  /**
   * eps* of each set: the smallest change found of the features that may change. Sets that the fast search does not reach are searched by bisection, as long as
   * the budget pays for it. Where that fails too, the largest change within the range, and on top of it the share of the way that was left, so that sets of which
   * none is enough can be compared.
   *
   * @param start a changed input to start at, wherever the set lets it be changed
   */
  readonly of: (sets: readonly FeatureSet[], start?: Float32Array) => Promise<Float64Array>
  /** eps* of sets if the model were linear, as it is around `at`: costs one row in all, and tells most of how sets differ. */
  readonly linear: (at: Float32Array) => Promise<(set: FeatureSet) => number>
  /** The changed input of one set, searched for with more steps; undefined where the class stays. */
  readonly nearest: (set: FeatureSet, start?: Float32Array) => Promise<Float32Array | undefined>
  /** Rows that one set costs, at most, where the fast search reaches it. */
  readonly rowsPerSet: number
  /** What was asked so far. */
  readonly asked: { readonly sets: number; readonly rows: number; readonly unreached: number }
}

/** Rows forward at the end of a search. */
const cuts = 4

/** Steps of a search for what others start at. */
const carefulSteps = 20

/** Of the search by bisection: steps of one descent, and halvings of the radius. */
const slow = { steps: 10, bisections: 6 }

/** How sets are valued. */
export interface SetOptions {
  readonly objective: Objective
  readonly norm: Norm
  /** Steps of the fast search. */
  readonly steps: number
  /** Rows after which no set is searched by bisection. */
  readonly budget: number
}

export async function setValues({ network, input, target, groups, bounds, batchRows, signal }: Subject, { objective, norm, steps, budget }: SetOptions): Promise<SetValues> {
  const options = { norm, bounds, batchRows, ...(signal && { signal }) }
  const quick = await boundarySearch(network, input, target, { ...options, steps })
  const careful = await boundarySearch(network, input, target, { ...options, steps: carefulSteps, starts: 3 })
  const cap = largestMove(input, bounds, norm)
  const bisection = bisectionSearch(network, input, target, { ...options, ...slow, loss: 'margin', maximum: cap })
  const changes = objective === 'robustness-sr' ? 1 : 0
  const asked = { sets: 0, rows: 0, unreached: 0 }
  const maskOf = (set: FeatureSet): Float32Array => {
    const mask = new Float32Array(input.length)
    for (let index = 0; index < mask.length; index++) mask[index] = Number(set[groups.of[index]!] === changes)
    return mask
  }
  const within = (mask: Float32Array, start: Float32Array): Float32Array => start.map((value, i) => (mask[i] === 1 ? value : input[i]!))
  let marginAtInput = NaN

  return {
    rowsPerSet: steps + 1 + cuts,
    asked,
    of: async (sets, start) => {
      if (Number.isNaN(marginAtInput)) marginAtInput = (await quick(stackRows([new Float32Array(input.length)], network.inputShape))).margins[0]!
      const values = new Float64Array(sets.length)
      const unreached: number[] = []
      // In pieces, since the masks of large inputs together are larger than what goes through the network at once.
      for (let from = 0; from < sets.length; from += batchRows) {
        await breathe(signal)
        const masks = sets.slice(from, from + batchRows).map(maskOf)
        const { distances, margins } = await quick(stackRows(masks, network.inputShape), start && stackRows(masks.map((mask) => within(mask, start)), network.inputShape))
        distances.forEach((distance, row) => {
          const reached = Number.isFinite(distance)
          values[from + row] = reached ? distance : cap * (1 + Math.min(1, margins[row]! / marginAtInput))
          asked.rows += steps + 1 + (reached ? cuts : 0)
          if (!reached) unreached.push(from + row)
        })
      }
      const paid = unreached.slice(0, Math.max(0, Math.floor((budget - asked.rows) / bisectionRows(true))))
      for (let from = 0; from < paid.length; from += batchRows) {
        const piece = paid.slice(from, from + batchRows)
        const { distances } = await bisection(stackRows(piece.map((index) => maskOf(sets[index]!)), network.inputShape))
        distances.forEach((distance, row) => {
          const reached = Number.isFinite(distance)
          if (reached) values[piece[row]!] = distance
          else asked.unreached++
          asked.rows += bisectionRows(reached)
        })
      }
      asked.unreached += unreached.length - paid.length
      asked.sets += sets.length
      return values
    },
    linear: async (at) => {
      const plane = await decisionPlane(network, at, target)
      const z = new Float32Array(input.length)
      asked.rows += 2
      return (set) => (nearestOnPlane(input, plane, maskOf(set), norm, bounds, z) ? distanceIn(norm)(z, input) : cap)
    },
    nearest: async (set, start) => {
      const mask = maskOf(set)
      asked.rows += (start ? 1 : 3) * (carefulSteps + 1 + cuts)
      const { inputs, succeeded } = await careful(stackRows([mask], network.inputShape), start && stackRows([within(mask, start)], network.inputShape))
      return succeeded[0] ? inputs.data : undefined
    },
  }
}

/** Where the largest radius does not reach the goal there is nothing to halve. */
const bisectionRows = (reached: boolean): number => (slow.steps + 1) * (reached ? slow.bisections + 1 : 1)
