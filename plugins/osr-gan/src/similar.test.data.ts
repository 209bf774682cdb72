import { argmax, createRandomness, rowAt, stackRows, type Dataset, type Model, type SamplerContext } from '@touchstone/core'
import { createNetwork, modelFromNetwork } from '@touchstone/network'
import { openEngine } from '@touchstone/tensor'

const range = { low: 0, high: 1 }

/** F(x) = W x + b for three values and three classes. */
export const kernel = [
  [2, -1, 0],
  [1, 0.5, -1],
  [-1, 1, 0.5],
]
export async function linear(bias = 3): Promise<Model> {
  await openEngine()
  const weights = { kernel: { shape: [3, 3], data: Float32Array.from(kernel.flat()) }, bias: { shape: [3], data: Float32Array.of(bias, 0, 0) } }
  const nodes = [
    { op: 'input', id: 'x', inputs: [], shape: [3] },
    { op: 'dense', id: 'y', inputs: ['x'], weights },
  ] as const
  return modelFromNetwork(createNetwork({ nodes, output: 'y' }), { dispose: true })
}

/** What a sampler is told of an input. */
export async function contextOf(model: Model, input: Float32Array, { seed = 1, id = 'a' }: { readonly seed?: number; readonly id?: string } = {}): Promise<SamplerContext> {
  const outputs = rowAt(await model.predict(stackRows([input], model.inputShape)), 0)
  const dataset: Dataset = { inputShape: model.inputShape, size: 1, range, fingerprint: 'none', example: () => Promise.resolve({ id, input }) }
  return { model, example: { id, input }, outputs, target: argmax(outputs), dataset, randomness: createRandomness(seed, id), batchRows: 64, kept: (_what, _key, compute) => compute() }
}
