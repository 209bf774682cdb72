import { breathe, joinCalls, sizeOf, sliceRows, type Model, type Rows } from '@touchstone/core'
import { checkShape } from './check-shape.js'
import { failureOfModel } from './faults.js'

/** The same model, whose `predict` joins small requests and sends at most `batchRows` rows at once. */
export function scheduledModel(model: Model, batchRows: number, signal: AbortSignal | undefined): Model {
  const { inputShape, classCount, outputs, fingerprint, mflopPerRow, capabilities, rowsRun } = model
  const predictChecked = async (batch: Rows): Promise<Rows> => {
    try {
      const answer = await model.predict(batch)
      checkShape(answer, [batch.shape[0]!, classCount], 'the outputs of a model')
      return answer
    } catch (error) {
      throw failureOfModel(error)
    }
  }
  const predictAll = joinCalls(async (requests: readonly Rows[]) => {
    const answers = requests.map(({ shape }): Rows => ({ shape: [shape[0]!, classCount], data: new Float32Array(shape[0]! * classCount) }))
    for (const pieces of batchesOf(requests, batchRows)) {
      await breathe(signal)
      const batch = joined(pieces, requests, inputShape)
      const answer = await predictChecked(batch)
      let row = 0
      for (const { request, from, to } of pieces) sliceRows(answers[request]!, from, to).data.set(sliceRows(answer, row, (row += to - from)).data)
    }
    return answers
  })
  const predict = async (inputs: Rows): Promise<Rows> => {
    // Who asks for something else is told alone, not those whose requests are joined with it.
    checkShape(inputs, [inputs.shape[0]!, ...inputShape], 'the inputs of a model')
    return (await predictAll([inputs]))[0]!
  }
  return { inputShape, classCount, outputs, fingerprint, mflopPerRow, capabilities, rowsRun, predict }
}

/** Rows `from` to `to` of a request. */
interface Piece {
  readonly request: number
  readonly from: number
  readonly to: number
}

/** The rows of all requests, in order, cut into full batches. */
function batchesOf(requests: readonly Rows[], batchRows: number): readonly (readonly Piece[])[] {
  const batches: Piece[][] = []
  let room = 0
  requests.forEach(({ shape }, request) => {
    for (let from = 0, to = 0; from < shape[0]!; from = to) {
      if (room === 0) {
        batches.push([])
        room = batchRows
      }
      to = Math.min(shape[0]!, from + room)
      room -= to - from
      batches.at(-1)!.push({ request, from, to })
    }
  })
  return batches
}

/** One batch of its pieces: a view where there is one alone. */
function joined(pieces: readonly Piece[], requests: readonly Rows[], inputShape: readonly number[]): Rows {
  const views = pieces.map(({ request, from, to }) => sliceRows(requests[request]!, from, to))
  if (views.length === 1) return views[0]!
  const rows = pieces.reduce((sum, { from, to }) => sum + to - from, 0)
  const data = new Float32Array(rows * sizeOf(inputShape))
  let offset = 0
  for (const view of views) {
    data.set(view.data, offset)
    offset += view.data.length
  }
  return { shape: [rows, ...inputShape], data }
}
