import { createRandomness, sizeOf, stackRows, type Attributer, type AttributionRequest, type Dataset, type Model } from '@touchstone/core'
import { createNetwork, modelFromNetwork, type Graph } from '@touchstone/network'
import { openEngine } from '@touchstone/tensor'
import fc from 'fast-check'
import { integratedGradientsAttributer, type IntegratedGradientsOptions } from './index.js'

/** A network with inputs and a reference dataset of 5 examples; the request has two rows of different classes. */
export interface Case {
  readonly graph: Graph
  readonly seed: number
}

export const cases = (graphs: fc.Arbitrary<Graph>): fc.Arbitrary<Case> => fc.record({ graph: graphs, seed: fc.nat(1e6) })

/** Runs `work` on the model of a case, and gives its memory back. */
export async function onModel<T>({ graph, seed }: Case, work: (model: Model, request: AttributionRequest) => Promise<T>): Promise<T> {
  await openEngine()
  const network = createNetwork(graph)
  try {
    const model = modelFromNetwork(network)
    return await work(model, requestFor(model, seed))
  } finally {
    network.dispose()
  }
}

export function requestFor(model: Model, seed: number, rows = 2): AttributionRequest {
  return {
    model,
    inputs: stackRows(Array.from({ length: rows }, (_, row) => randomInput(model.inputShape, seed, row)), model.inputShape),
    targets: Array.from({ length: rows }, (_, row) => row % model.classCount),
    randomness: Array.from({ length: rows }, (_, row) => createRandomness(seed, `example ${row}`)),
    batchRows: 64,
    reference: referenceOf(model.inputShape, seed),
  }
}

export const randomInput = (inputShape: readonly number[], seed: number, draw: number): Float32Array => Float32Array.from(createRandomness(seed, 'x').uniforms('input', draw, sizeOf(inputShape)))

function referenceOf(inputShape: readonly number[], seed: number): Dataset {
  return { inputShape, size: 5, range: { low: 0, high: 1 }, fingerprint: `reference ${seed}`, example: (index) => Promise.resolve({ id: String(index), input: randomInput(inputShape, seed, 100 + index) }) }
}

/** The method with a few of its options changed. */
export const ig = (options: Partial<IntegratedGradientsOptions> = {}): Attributer =>
  integratedGradientsAttributer({ steps: 50, quadrature: 'gauss-legendre', baseline: 0, inputFactor: true, maxSteps: 1600, ...options })

export const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
