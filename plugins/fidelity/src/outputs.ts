import { breathe, option, sizeOf, UserError, type ScoreContext } from '@touchstone/core'
import * as z from 'zod/mini'

/** In what the output for the target is measured. */
export type OutputScale = 'logit' | 'probability'

export const outputOption = (fallback: OutputScale) =>
  option(z.enum(['logit', 'probability'], 'expected "logit" or "probability"'), { summary: "what is measured: the target's logit, or its probability, by softmax where the model gives logits", default: fallback })

/** So many values go to the model at once: 16 MiB. */
const chunkValues = 2 ** 22

/**
 * The output for the target of `count` variants of the input, [count]. `write` turns a copy of the input into variant number `index`.
 * @throws UserError for logits of a model that gives probabilities.
 */
export async function outputsOfVariants(context: ScoreContext, count: number, scale: OutputScale, write: (x: Float32Array, index: number) => void): Promise<Float64Array> {
  const answers = new Float64Array(count)
  await eachOutput(context, count, write, (outputs, index) => (answers[index] = scaled(outputs, context, scale)))
  return answers
}

/** Calls `read` with the outputs, [classCount], of every variant. */
export async function eachOutput({ model, example, predict, signal }: ScoreContext, count: number, write: (x: Float32Array, index: number) => void, read: (outputs: Float32Array, index: number) => void): Promise<void> {
  const size = sizeOf(model.inputShape)
  const chunk = Math.max(1, Math.floor(chunkValues / size))
  for (let from = 0; from < count; from += chunk) {
    await breathe(signal)
    const rows = Math.min(chunk, count - from)
    const data = new Float32Array(rows * size)
    for (let row = 0; row < rows; row++) {
      const slot = data.subarray(row * size, (row + 1) * size)
      slot.set(example.input)
      write(slot, from + row)
    }
    const outputs = await predict({ shape: [rows, ...model.inputShape], data })
    for (let row = 0; row < rows; row++) read(outputs.data.subarray(row * model.classCount, (row + 1) * model.classCount), from + row)
  }
}

/** The output for the target on a scale: a logit, or p_y = exp(F_y) / sum_c exp(F_c). */
export function scaled(outputs: Float32Array, { model, target }: ScoreContext, scale: OutputScale): number {
  if (scale === 'logit') {
    if (model.outputs !== 'logits') throw new UserError('output "logit" needs logits, but the model gives probabilities: use a model that ends with softmax (which layers-model separates) or linear, or output "probability"')
    return outputs[target]!
  }
  if (model.outputs === 'probabilities') return outputs[target]!
  const largest = outputs.reduce((a, b) => Math.max(a, b), -Infinity)
  return Math.exp(outputs[target]! - largest) / outputs.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)
}
