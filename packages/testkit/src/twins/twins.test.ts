import { createNetwork, valueAndGradient } from '@touchstone/network'
import { openEngine, tf } from '@touchstone/tensor'
import { createRandomness, sizeOf } from '@touchstone/core'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { networks } from '../networks.js'
import { deepLiftTwin, forwardTwin, gradientTwin, lrpTwin, type LrpTwinRule } from './index.js'

beforeAll(async () => {
  await openEngine()
})

const normals = (shape: readonly number[]) => Float32Array.from(createRandomness(4, 'twins').normals('x', 0, sizeOf(shape)))

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const largest = Math.max(1e-3, ...Array.from(expected, Math.abs))
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!) / largest).toBeLessThan(tolerance)
}

test('outputs and gradients of the twins are those of the network', () => {
  fc.assert(
    fc.property(networks(), (graph) => {
      const network = createNetwork(graph)
      const x = normals(network.inputShape)
      const [logits, gradient] = tf.tidy(() => {
        const found = valueAndGradient(network, tf.tensor(x, [1, ...network.inputShape]), [1])
        return [found.logits.dataSync(), found.gradients[0]!.dataSync()]
      })
      expectClose(forwardTwin(graph, { input: x }).get(graph.output)!, logits, 1e-4)
      expectClose(gradientTwin(graph, { input: x }, 1).get('input')!, gradient, 1e-3)
      network.dispose()
    }),
    { numRuns: 60 },
  )
})

// f = relu(x1) - relu(x1 - x2) = min(x1, x2) for positive values, from (0, 0) to (3, 1): the example with which Shrikumar et al. 2017 introduce RevealCancel.
test('on the minimum of two values Rescale gives all to one, RevealCancel parts it', () => {
  const graph = {
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [2] },
      { op: 'dense', id: 'h', inputs: ['x'], weights: { kernel: { shape: [2, 2], data: Float32Array.of(1, 1, 0, -1) } } },
      { op: 'activation', name: 'relu', id: 'r', inputs: ['h'] },
      { op: 'dense', id: 'out', inputs: ['r'], weights: { kernel: { shape: [2, 1], data: Float32Array.of(1, -1) } } },
    ],
    output: 'out',
  } as const
  const contributions = (rule: 'rescale' | 'reveal-cancel') => deepLiftTwin(graph, { x: [3, 1] }, { x: [0, 0] }, 0, rule).get('x')!.map((m, i) => m * [3, 1][i]!)
  expectClose(contributions('rescale'), [0, 1], 1e-12)
  expectClose(contributions('reveal-cancel'), [0.5, 0.5], 1e-12)
})

test('relevance of the twin is that of the textbook on one layer', () => {
  const rule: LrpTwinRule = { rule: 'epsilon', epsilon: 1e-12, bias: 'kept', gamma: 0, alpha: 2, beta: 1, low: 0, high: 1 }
  const graph = { nodes: [{ op: 'input', id: 'x', inputs: [], shape: [2] }, { op: 'dense', id: 'out', inputs: ['x'], weights: { kernel: { shape: [2, 1], data: Float32Array.of(3, 1) }, bias: { shape: [1], data: Float32Array.of(1) } } }], output: 'out' } as const
  const of = (own: Partial<LrpTwinRule>) => lrpTwin(graph, { x: [1, -2] }, 0, () => ({ ...rule, ...own })).get('x')!
  expectClose(of({}), [3, -2], 1e-9)
  expectClose(of({ rule: 'z-plus' }), [1.5, 0], 1e-9)
  expectClose(of({ rule: 'alpha-beta' }), [3, -2], 1e-9)
})
