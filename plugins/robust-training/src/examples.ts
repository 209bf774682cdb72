import { describe, rowAt, UserError, type Dataset, type Randomness } from '@touchstone/core'

/** Examples with inputs one after the other, and their labels. */
export interface LabelledRows {
  readonly shape: readonly number[]
  readonly data: Float32Array
  readonly labels: readonly number[]
}

/** Which examples are learned from, and which are kept apart to measure accuracy. */
export interface Split {
  readonly learned: Uint32Array
  readonly heldOut: Uint32Array
}

/** Keeps `count` examples apart, chosen at random. */
export function splitOf({ size }: Dataset, count: number, randomness: Randomness): Split {
  const all = Uint32Array.from({ length: size }, (_, i) => i)
  const order = shuffled(all, randomness.uniforms('held out', 0, size))
  return { heldOut: order.subarray(0, count).toSorted(), learned: order.subarray(count).toSorted() }
}

/** @throws UserError where one has no label that is a class of the model. */
export async function readRows(dataset: Dataset, indices: Uint32Array, classCount: number): Promise<LabelledRows> {
  const rows: LabelledRows & { labels: number[] } = { shape: [indices.length, ...dataset.inputShape], data: new Float32Array(indices.length * dataset.inputShape.reduce((a, b) => a * b, 1)), labels: [] }
  for (const [row, index] of indices.entries()) {
    const { id, input, label } = await dataset.example(index)
    if (label === undefined || !Number.isInteger(label) || label < 0 || label >= classCount)
      throw new UserError(`example ${id}: expected a label from 0 to ${classCount - 1}, found ${describe(label)}: train with labelled examples of the model's classes`)
    rowAt(rows, row).set(input)
    rows.labels.push(label)
  }
  return rows
}

/**
 * The examples of each step's batch: all in a new random order, again and again; what does not fill a batch at the end of an order is left out. A step's batch
 * follows from its number alone.
 */
export function batchesOf(learned: Uint32Array, size: number, randomness: Randomness): (step: number) => Uint32Array {
  const perRound = Math.floor(learned.length / size)
  let [round, order] = [-1, learned]
  return (step) => {
    const wanted = Math.floor(step / perRound)
    if (wanted !== round) [round, order] = [wanted, shuffled(learned, randomness.uniforms('order', wanted, learned.length))]
    const from = (step % perRound) * size
    return order.subarray(from, from + size)
  }
}

/** Fisher and Yates: each order is equally likely. */
function shuffled(values: Uint32Array, uniforms: Float64Array): Uint32Array {
  const order = values.slice()
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniforms[i]! * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
