import { layers, openEngine } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { createNetwork, foldBatchNorm, graphFromLayers, inputGradient, surrogate, type GraphNode } from '../index.js'
import { expectClose, sequential, tensor } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

const L = layers.layers

test('batch normalisations are folded into dense layers and convolutions of all kinds, and nowhere else', async () => {
  const graph = await graphFromLayers(
    sequential(
      L.batchNormalization({ inputShape: [8, 8, 2] }),
      L.conv2d({ filters: 4, kernelSize: 3 }),
      L.batchNormalization(),
      L.activation({ activation: 'tanh' }),
      L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, useBias: false }),
      L.batchNormalization({ scale: false }),
      L.separableConv2d({ filters: 3, kernelSize: 3, activation: 'tanh' }),
      L.batchNormalization(),
      L.flatten(),
      L.dense({ units: 5 }),
      L.batchNormalization({ center: false }),
      L.dense({ units: 3 }),
    ),
  )
  const [plain, folded] = [createNetwork(graph), createNetwork(foldBatchNorm(graph))]
  const count = (of: typeof plain) => of.graph.places.filter(({ node }) => node.op === 'batch-norm').length
  // What stays: the one at the input, and the one after an activation.
  expect([count(plain), count(folded)]).toEqual([5, 2])
  const x = tensor([3, 8, 8, 2])
  await expectClose(folded.logits(x), plain.logits(x), 1e-5)
  await expectClose(inputGradient(folded, x, [0, 1, 2]), inputGradient(plain, x, [0, 1, 2]), 1e-5)
})

test('a layer that others read too, or whose weights are shared, keeps its normalisation apart', async () => {
  const x = layers.input({ shape: [4] })
  const apply = (layer: layers.layers.Layer, ...inputs: layers.SymbolicTensor[]) => layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as layers.SymbolicTensor
  const shared = L.dense({ units: 4 })
  const first = apply(shared, x)
  const second = apply(L.batchNormalization(), apply(shared, apply(L.activation({ activation: 'tanh' }), first)))
  const graph = await graphFromLayers(layers.model({ inputs: x, outputs: apply(L.add(), first, second) }))
  expect(foldBatchNorm(graph).nodes).toHaveLength(graph.nodes.length)
})

test('surrogates replace activations with kinks by smooth ones', () => {
  const activation = (options: object): GraphNode => ({ op: 'activation', id: 'out', inputs: ['x'], ...options }) as unknown as GraphNode
  const after = (options: object) => surrogate({ nodes: [activation(options)], output: 'out' }, { beta: 30 }).nodes[0]
  expect(after({ name: 'relu' })).toMatchObject({ name: 'softplus', beta: 30 })
  expect(after({ name: 'relu', max: 6 })).toMatchObject({ name: 'smooth-clipped-relu', max: 6, beta: 30 })
  expect(after({ name: 'leaky-relu', alpha: 0.1 })).toMatchObject({ name: 'smooth-leaky-relu', alpha: 0.1, beta: 30 })
  expect(after({ name: 'tanh' })).toEqual(activation({ name: 'tanh' }))
})
