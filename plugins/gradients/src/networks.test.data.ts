import { createNetwork, type Graph, type GraphNode, type Network, type Weight } from '@touchstone/network'
import { openEngine, tf } from '@touchstone/tensor'

/** A weight from nested lists. */
export function weight(shape: readonly number[], values: readonly number[]): Weight {
  return { shape, data: Float32Array.from(values) }
}

export const dense = (id: string, from: string, kernel: readonly (readonly number[])[], bias?: readonly number[]): GraphNode => ({
  op: 'dense',
  id,
  inputs: [from],
  weights: { kernel: weight([kernel.length, kernel[0]!.length], kernel.flat()), ...(bias && { bias: weight([bias.length], bias) }) },
})

/**
 * BasicModel_ConvNet_One_Conv of Captum 0.8.0 (captum/testing/helpers/basic_models.py, BSD-3-Clause), channels last: images of 4 x 4, two channels of
 * 3 x 3 sums, all ending in four equal outputs.
 */
export const oneConv: Graph = {
  nodes: [
    { op: 'input', id: 'x', inputs: [], shape: [4, 4, 1] },
    { op: 'conv2d', id: 'conv1', inputs: ['x'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([3, 3, 1, 2], Array<number>(18).fill(1)), bias: weight([2], [-50, -75]) } },
    { op: 'activation', name: 'relu', id: 'relu1', inputs: ['conv1'] },
    { op: 'reshape', id: 'flatten', inputs: ['relu1'], shape: [-1] },
    dense('fc1', 'flatten', [1, 1, 1, -1, 1, -1, 1, -1].map((w) => [w, w, w, w])),
    { op: 'activation', name: 'relu', id: 'relu2', inputs: ['fc1'] },
  ],
  output: 'relu2',
}

/** 0 to 15, row by row. */
export const ramp = (): tf.Tensor => tf.tensor(Float32Array.from({ length: 16 }, (_, i) => i), [1, 4, 4, 1])

export async function networkOf(graph: Graph): Promise<Network> {
  await openEngine()
  return createNetwork(graph)
}

/** The values of what a function of tensors gives, nothing left behind. */
export async function valuesOf(make: () => tf.Tensor): Promise<number[]> {
  const tensor = tf.tidy(make)
  const values = [...(await tensor.data())]
  tensor.dispose()
  // 0 and -0 are the same relevance.
  return values.map((value) => value + 0)
}
