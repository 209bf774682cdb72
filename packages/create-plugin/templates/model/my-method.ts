import { defineExtension, eachRow, hash, stackRows } from '@touchstone/core'

/** The shape of one input, as in [28, 28, 1], and the number of classes. */
export const inputShape: readonly number[] = [2]
export const classCount = 2

/** All numbers that the outputs depend on, such as weights: models that differ must have other fingerprints. */
const weights = Float32Array.of()

/**
 * The logits of one input, a number per class: F(x) = ...
 *
 * @param input values of `inputShape`, row-major; not to be written to.
 */
export function logitsOf(input: Float32Array): Float32Array {
  throw new Error('write what the model computes: logitsOf in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'model',
  name: 'my-method',
  // One line that says what it is, and where it comes from.
  summary: '',
  citation: '',
  // The file formats it reads.
  traits: { formats: [] },
  create: () => {
    let rowsRun = 0
    return {
      inputShape,
      classCount,
      outputs: 'logits',
      fingerprint: hash('my-method', weights),
      // Million floating-point operations per row: an estimate of time, no more.
      mflopPerRow: 0,
      capabilities: {},
      rowsRun: () => rowsRun,
      predict: async (inputs) => {
        const outputs = eachRow(inputs).map(logitsOf)
        rowsRun += outputs.length
        return stackRows(outputs, [classCount])
      },
    }
  },
})
