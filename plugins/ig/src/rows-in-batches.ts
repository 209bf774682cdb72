import { breathe, sizeOf } from '@touchstone/core'
import { inputGradient, targetSeed, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** Inputs that are made one after the other, and what becomes of each. */
export interface Stream {
  readonly count: number
  /** Writes input number `index` into `x`, and tells the class to explain. Called in order. */
  readonly write: (x: Float32Array, index: number) => number
  /** Takes the answer for input number `index`, in order. What it is given is not to be kept. */
  readonly take: (answer: Float32Array, index: number) => void
}

/** Where the inputs of a stream go through. */
export interface Passage {
  readonly network: Network
  /** How many inputs go through at once. */
  readonly batchRows: number
  readonly signal: AbortSignal | undefined
}

/** Answers every input of a stream with dF_y / dx. */
export function eachGradient(passage: Passage, stream: Stream): Promise<void> {
  return inBatches(passage, stream, (x, targets) => inputGradient(passage.network, x, targets))
}

/** Answers every input of a stream with F_y(x), a list of one number. */
export function eachLogit(passage: Passage, stream: Stream): Promise<void> {
  return inBatches(passage, stream, (x, targets) => tf.sum(tf.mul(passage.network.logits(x), targetSeed(passage.network, targets, targets.length)), 1))
}

/** Batches are filled across the borders of whatever the inputs belong to; rows do not depend on one another, so no answer depends on that. */
async function inBatches({ network, batchRows, signal }: Passage, { count, write, take }: Stream, answer: (x: tf.Tensor, targets: readonly number[]) => tf.Tensor): Promise<void> {
  const size = sizeOf(network.inputShape)
  const batch = new Float32Array(Math.min(batchRows, count) * size)
  for (let from = 0; from < count; from += batchRows) {
    await breathe(signal)
    const rows = Math.min(batchRows, count - from)
    const targets = Array.from({ length: rows }, (_, row) => write(batch.subarray(row * size, (row + 1) * size), from + row))
    const answers = tf.tidy(() => answer(tf.tensor(batch.subarray(0, rows * size), [rows, ...network.inputShape]), targets))
    try {
      const values = (await answers.data()) as Float32Array
      const length = values.length / rows
      for (let row = 0; row < rows; row++) take(values.subarray(row * length, (row + 1) * length), from + row)
    } finally {
      answers.dispose()
    }
  }
}
