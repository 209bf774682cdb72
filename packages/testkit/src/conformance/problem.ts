import { createRandomness, rowAt, sizeOf, type Answer, type Attributer, type Model, type ReferenceProblem, type Rows } from '@touchstone/core'
import { createNetwork, joinInputs, mflopPerRow, type Graph, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

type Question = Pick<ReferenceProblem, 'network' | 'inputs' | 'targets'>

/** Asks a method row by row for its maps of all inputs, side by side as one flat input. */
export async function explainTogether({ network, inputs, targets }: Question, attributerOf: (row: number) => Attributer): Promise<Answer> {
  const joined = joinInputs(network.graph)
  const single = createNetwork(targets === null ? summed(joined, network.outputShape) : joined)
  try {
    const model = modelOf(single, (batch) => single.logits(batch))
    const rows = inputs[0]!.shape[0]!
    const maps = inputs.map(({ data }) => new Float32Array(data.length))
    for (let row = 0; row < rows; row++) {
      const parts = inputs.map((input) => rowAt(input, row))
      const map = await mapOf(attributerOf(row), model, Float32Array.from(parts.flatMap((part) => [...part])), targets?.[row] ?? 0)
      let from = 0
      parts.forEach(({ length }, index) => {
        maps[index]!.set(map.subarray(from, from + length), row * length)
        from += length
      })
    }
    return maps
  } finally {
    single.dispose()
  }
}

/** Asks a method row by row and input by input, the other inputs being part of the model. */
export async function explainOneByOne({ network, inputs, targets }: Question, attributerOf: (row: number, input: number) => Attributer): Promise<Answer> {
  const maps = inputs.map(({ data }) => new Float32Array(data.length))
  for (const [index, input] of inputs.entries()) {
    for (let row = 0; row < input.shape[0]!; row++) {
      const model = modelOf(network, (batch) => {
        const count = batch.shape[0]
        const outputs = tf.reshape<tf.Rank.R2>(network.logits(inputs.map((other, at) => (at === index ? batch : repeated(other, row, count)))), [count, -1])
        return targets === null ? tf.sum<tf.Tensor2D>(outputs, 1, true) : outputs
      })
      const map = await mapOf(attributerOf(row, index), { ...model, inputShape: input.shape.slice(1), capabilities: {} }, rowAt(input, row), targets?.[row] ?? 0)
      maps[index]!.set(map, row * map.length)
    }
  }
  return maps
}

/** Unlike a model of an evaluation it may have a single output. */
function modelOf(network: Network, predict: (inputs: tf.Tensor) => tf.Tensor): Model {
  return {
    inputShape: network.inputShape,
    classCount: network.classCount,
    outputs: 'logits',
    fingerprint: 'reference case',
    mflopPerRow: mflopPerRow(network.graph),
    capabilities: { network },
    predict: async ({ shape, data }) => {
      const outputs = tf.tidy(() => predict(tf.tensor(data, [...shape])))
      try {
        return { shape: [shape[0]!, sizeOf(outputs.shape.slice(1))], data: (await outputs.data()) as Float32Array }
      } finally {
        outputs.dispose()
      }
    },
    rowsRun: network.rowsRun,
  }
}

async function mapOf(attributer: Attributer, model: Model, input: Float32Array, target: number): Promise<Float32Array> {
  const inputs: Rows = { shape: [1, ...model.inputShape], data: input }
  return (await attributer.attribute({ model, inputs, targets: [target], randomness: [createRandomness(0, 'reference case')], batchRows: 64 })).data
}

/** The outputs' sum as the only output. */
function summed({ nodes, output }: Graph, outputShape: readonly number[]): Graph {
  const size = sizeOf(outputShape)
  const [flat, sum] = [`${output}/flat`, `${output}/sum`]
  const reshaped: Graph = { nodes: [...nodes, { op: 'reshape', id: flat, inputs: [output], shape: [-1] }], output: flat }
  if (size === 1) return reshaped
  return { nodes: [...reshaped.nodes, { op: 'dense', id: sum, inputs: [flat], weights: { kernel: { shape: [size, 1], data: new Float32Array(size).fill(1) } } }], output: sum }
}

function repeated(rows: Rows, row: number, count: number): tf.Tensor {
  const rowShape = rows.shape.slice(1)
  return tf.tile(tf.tensor(rowAt(rows, row), [1, ...rowShape]), [count, ...rowShape.map(() => 1)])
}
