import { breathe, createMemo, groupFeatures, isFiniteArray, placeRank, sizeOf, topK, UserError, type Dataset } from '@touchstone/core'

/** The distance in which examples are near: ||a - b||_2 or max_i |a_i - b_i|. */
export type Norm = 'l2' | 'linf'

/** An example of the dataset and how far it is. */
export interface Near {
  readonly id: string
  /** A view of the index: not to be written to. */
  readonly input: Float32Array
  readonly distance: number
}

/** Which examples are asked for. */
export interface NearestQuery {
  readonly input: Float32Array
  /** The id of an example that is left out: the input itself. */
  readonly except: string
  readonly norm: Norm
  /** At most so many. */
  readonly count: number
  /** None farther than this. */
  readonly radius: number
}

/** All inputs of a dataset, ready to be searched. */
export interface NearestIndex {
  /** The nearest examples by distance, equal distances by id; fewer where there are no more within the radius. */
  readonly nearest: (query: NearestQuery) => readonly Near[]
}

/** The largest array that holds a dataset: 8 GiB of 32-bit numbers. */
const mostValues = 2 ** 31

/** A bound may come out above the distance that it bounds by the rounding of its sums. */
const slack = 1 - 1e-6

const indices = createMemo<NearestIndex>()

/**
 * The index of a dataset, made on first use and kept as long as the dataset lives. It holds every input in memory: four bytes per value, and half as
 * much again for bounds.
 * @throws UserError where an input is not finite or of another size, or where the dataset has more than 2^31 values.
 */
export function nearestIndexOf(dataset: Dataset, signal?: AbortSignal): Promise<NearestIndex> {
  return indices(dataset, '', () => makeIndex(dataset, signal))
}

/**
 * Exact search. The values of an input are cut into blocks of m values, of each of which the mean and the standard deviation are known beforehand.
 * They bound the distance within a block B from below:
 *
 *     m max_B d_i^2  >=  sum_B d_i^2  >=  m (mean_B a - mean_B b)^2 + m (sd_B a - sd_B b)^2        with d = a - b
 *
 * The rows of the smallest bounds are measured first; they say how far a row may be, so that most others need no look at their values.
 *
 * Source: Hwang, Han, Ahn, "A fast nearest neighbor search algorithm by nonlinear embedding", CVPR 2012.
 */
async function makeIndex(dataset: Dataset, signal: AbortSignal | undefined): Promise<NearestIndex> {
  const { size: rows, inputShape } = dataset
  const size = sizeOf(inputShape)
  if (rows * size > mostValues) throw new UserError(`neighbours: the dataset has ${rows} examples of ${size} values, more than the ${mostValues} values that are searched: take a part of it`)
  const blocks = blocksOf(inputShape)
  const values = new Float32Array(rows * size)
  const sketches = new Float64Array(rows * 2 * blocks.sizes.length)
  const ids: string[] = []
  for (let row = 0; row < rows; row++) {
    await breathe(signal)
    const { id, input } = await dataset.example(row)
    if (input.length !== size || !isFiniteArray(input)) throw new UserError(`neighbours: example ${id} of the dataset is not ${size} finite values`)
    ids.push(id)
    values.set(input, row * size)
    sketches.set(sketch(input, blocks), row * 2 * blocks.sizes.length)
  }

  return {
    nearest: ({ input, except, norm, count, radius }) => {
      const { boundsOf, distance, toReach, fromReach } = norms[norm]
      const bounds = boundsOf(sketch(input, blocks), sketches, rows, blocks)
      let reach = toReach(radius)
      let found: { readonly row: number; readonly reach: number }[] = []
      const keepBest = (): void => {
        found.sort((a, b) => a.reach - b.reach || (ids[a.row]! < ids[b.row]! ? -1 : 1))
        found = found.slice(0, count)
        if (found.length === count) reach = Math.min(reach, found.at(-1)?.reach ?? 0)
      }
      const measured = new Uint8Array(rows)
      const measure = (row: number): void => {
        if (bounds[row]! * slack > reach || measured[row]) return
        measured[row] = 1
        const at = distance(input, values, row * size, reach)
        if (at > reach || ids[row] === except) return
        found.push({ row, reach: at })
        if (found.length === count || found.length >= 2 * count) keepBest()
      }
      // One more, since the input itself may be among them.
      for (const row of topK(bounds.map((bound) => -bound), Math.min(rows, count + 1)).indices) measure(row)
      for (let row = 0; row < rows; row++) measure(row)
      keepBest()
      return found.map(({ row, reach: at }) => ({ id: ids[row]!, input: values.subarray(row * size, (row + 1) * size), distance: fromReach(at) }))
    },
  }
}

/** How an input's values are cut into blocks. */
interface Blocks {
  /** The block of every value. */
  readonly of: Int32Array
  /** How many values each has. */
  readonly sizes: Float64Array
}

/** Blocks of 4 by 4 places in each channel, or of 16 places of an input of one axis; cut at the border. */
function blocksOf(inputShape: readonly number[]): Blocks {
  const places = placeRank(inputShape)
  const { count, of } = groupFeatures({ blocks: inputShape.map((_, axis) => (axis >= places ? 1 : places === 1 ? 16 : 4)) }, inputShape, 'neighbours')
  const sizes = new Float64Array(count)
  for (const block of of) sizes[block]!++
  return { of, sizes }
}

/** sqrt(m) mean and sqrt(m) sd of every block, side by side. */
function sketch(input: Float32Array, { of, sizes }: Blocks): Float64Array {
  const answer = new Float64Array(2 * sizes.length)
  for (let index = 0; index < of.length; index++) answer[2 * of[index]!]! += input[index]!
  for (let index = 0; index < of.length; index++) answer[2 * of[index]! + 1]! += (input[index]! - answer[2 * of[index]!]! / sizes[of[index]!]!) ** 2
  return answer.map((value, index) => (index % 2 === 0 ? value / Math.sqrt(sizes[index / 2]!) : Math.sqrt(value)))
}

/** Each norm by its `reach`, what distances are compared in: squares for l2. A `distance` beyond `limit` may stop anywhere beyond it. */
const norms = {
  l2: {
    toReach: (radius: number) => radius * radius,
    fromReach: Math.sqrt,
    boundsOf: (own: Float64Array, sketches: Float64Array, rows: number): Float64Array => {
      const bounds = new Float64Array(rows)
      for (let row = 0, at = 0; row < rows; row++) {
        let sum = 0
        for (let index = 0; index < own.length; index++) sum += (own[index]! - sketches[at++]!) ** 2
        bounds[row] = sum
      }
      return bounds
    },
    distance: (a: Float32Array, b: Float32Array, from: number, limit: number): number => {
      let sum = 0
      for (let index = 0; index < a.length; ) {
        for (const end = Math.min(index + 32, a.length); index < end; index++) sum += (a[index]! - b[from + index]!) ** 2
        if (sum > limit) return sum
      }
      return sum
    },
  },
  linf: {
    toReach: (radius: number) => radius,
    fromReach: (distance: number) => distance,
    boundsOf: (own: Float64Array, sketches: Float64Array, rows: number, { sizes }: Blocks): Float64Array => {
      const bounds = new Float64Array(rows)
      for (let row = 0, at = 0; row < rows; row++) {
        let largest = 0
        for (let block = 0; block < sizes.length; block++) {
          const mean = own[2 * block]! - sketches[at++]!
          const sd = own[2 * block + 1]! - sketches[at++]!
          largest = Math.max(largest, (mean * mean + sd * sd) / sizes[block]!)
        }
        bounds[row] = Math.sqrt(largest)
      }
      return bounds
    },
    distance: (a: Float32Array, b: Float32Array, from: number, limit: number): number => {
      let largest = 0
      for (let index = 0; index < a.length && largest <= limit; index++) {
        const difference = Math.abs(a[index]! - b[from + index]!)
        if (difference > largest) largest = difference
      }
      return largest
    },
  },
} as const
