import { breathe, eachRow, sliceRows, stackRows, type Model, type Rows } from '@touchstone/core'
import { checkShape } from './check-shape.js'
import { joinCalls } from './join-calls.js'

/** The same model, whose `predict` joins small requests and sends at most `batchRows` rows at once. */
export function scheduledModel(model: Model, batchRows: number, signal: AbortSignal | undefined): Model {
  const predictRows = joinCalls(async (inputs: readonly Float32Array[]) => {
    const outputs: Float32Array[] = []
    const rows = stackRows(inputs, model.inputShape)
    for (let from = 0; from < inputs.length; from += batchRows) {
      await breathe(signal)
      const chunk = sliceRows(rows, from, Math.min(from + batchRows, inputs.length))
      const answer = await model.predict(chunk)
      checkShape(answer, [chunk.shape[0]!, model.classCount], 'the outputs of a model')
      outputs.push(...eachRow(answer))
    }
    return outputs
  })
  const predict = async (inputs: Rows): Promise<Rows> => stackRows(await predictRows(eachRow(inputs)), [model.classCount])
  const { inputShape, classCount, outputs, fingerprint, mflopPerRow, capabilities, rowsRun } = model
  return { inputShape, classCount, outputs, fingerprint, mflopPerRow, capabilities, rowsRun, predict }
}
