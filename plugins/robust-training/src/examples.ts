import { describe, rowAt, sizeOf, UserError, type Dataset, type Example, type Randomness } from '@touchstone/core'

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

/** Bytes of examples that are kept in memory, so that a picture is decoded once and not in each round. */
const kept = 2 ** 30

/** Reads examples by their indices; keeps them where the whole dataset fits in a gibibyte. */
export function readerOf(dataset: Dataset, classCount: number): (indices: Uint32Array) => Promise<LabelledRows> {
  const examples = new Map<number, Promise<Example>>()
  const keeps = 4 * dataset.size * sizeOf(dataset.inputShape) <= kept
  const exampleAt = (index: number): Promise<Example> => {
    const known = examples.get(index) ?? Promise.resolve(dataset.example(index))
    if (keeps) examples.set(index, known)
    return known
  }
  return (indices) => readRows(exampleAt, dataset.inputShape, indices, classCount)
}

/** @throws UserError where one has no label that is a class of the model. */
async function readRows(exampleAt: (index: number) => Promise<Example>, inputShape: readonly number[], indices: Uint32Array, classCount: number): Promise<LabelledRows> {
  const rows: LabelledRows & { labels: number[] } = { shape: [indices.length, ...inputShape], data: new Float32Array(indices.length * sizeOf(inputShape)), labels: [] }
  for (const [row, index] of indices.entries()) {
    const { id, input, label } = await exampleAt(index)
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

/** How images are changed each time that they are learned from. */
export interface Augmentation {
  /** Pixels up to which they are moved each way, whole ones, all equally likely. */
  readonly shift: number
  /** Whether half of them are mirrored, left to right. */
  readonly flip: boolean
}

/** Random numbers that `augment` takes for each image. */
export const drawsPerImage = 3

/** Images `[height, width, channels]` moved and mirrored; pixels that come in at an edge repeat it. */
export function augment(rows: LabelledRows, { shift, flip }: Augmentation, uniforms: Float64Array): LabelledRows {
  const [count, height, width, channels] = rows.shape as [number, number, number, number]
  const data = new Float32Array(rows.data.length)
  const by = (uniform: number): number => Math.floor(uniform * (2 * shift + 1)) - shift
  const within = (place: number, size: number): number => Math.min(Math.max(place, 0), size - 1)
  for (let row = 0; row < count; row++) {
    const [down, right] = [by(uniforms[drawsPerImage * row]!), by(uniforms[drawsPerImage * row + 1]!)]
    const mirrored = flip && uniforms[drawsPerImage * row + 2]! < 0.5
    const [from, to] = [rowAt(rows, row), rowAt({ shape: rows.shape, data }, row)]
    for (let y = 0; y < height; y++) {
      const line = within(y - down, height) * width
      for (let x = 0; x < width; x++) {
        const source = (line + within((mirrored ? width - 1 - x : x) - right, width)) * channels
        const target = (y * width + x) * channels
        for (let channel = 0; channel < channels; channel++) to[target + channel] = from[source + channel]!
      }
    }
  }
  return { ...rows, data }
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
