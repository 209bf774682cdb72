import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test, vi } from 'vitest'
import { createNetwork, inputGradient, mapGradient, rowsTogether, type GraphNode, type TensorMap } from '../index.js'
import { tensor, values, weight } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

/** A smooth network, large by layers that do nothing: each counts as one that is held. */
function network(idle: number) {
  const nodes: GraphNode[] = [
    { op: 'input', id: 'x', inputs: [], shape: [128, 128, 1] },
    { op: 'conv2d', id: 'c', inputs: ['x'], weights: { kernel: weight([3, 3, 1, 4]) }, strides: [1, 1], padding: 'valid' },
    { op: 'activation', id: 'i0', inputs: ['c'], name: 'softplus' },
    ...Array.from({ length: idle }, (_, i): GraphNode => ({ op: 'identity', id: `i${i + 1}`, inputs: [`i${i}`] })),
    { op: 'global-average-pool', id: 'g', inputs: [`i${idle}`] },
    { op: 'activation', id: 't', inputs: ['g'], name: 'tanh' },
    { op: 'dense', id: 'y', inputs: ['t'], weights: { kernel: weight([4, 3]) } },
  ]
  return createNetwork({ nodes, output: 'y' })
}

/** The sum of gradients at ten points on the way to the input, asked for by two calls. */
const path: TensorMap = (net, x, targets, gradient = inputGradient) =>
  tf.tidy(() => {
    const part = (shares: readonly number[]) => tf.sum(gradient(net, tf.concat(shares.map((share) => tf.mul(x, share))), shares.flatMap(() => [...targets])), 0, true)
    return tf.mul(x, tf.add(part([0.1, 0.2, 0.3, 0.4]), part([0.5, 0.6, 0.7, 0.8, 0.9, 1])))
  })
const objective = (maps: tf.Tensor): tf.Tensor => tf.sum(tf.square(maps))

test.each([['its rows fit into memory at once', 3, 2], ['they do not, and go in chunks', 200, 3]])('derivatives of a map are those of tf.grad to the last bit: %s', async (_what, idle, calls) => {
  const net = network(idle)
  const x = tensor([1, 128, 128, 1])
  const expected = await tf.grad((at: tf.Tensor) => objective(path(net, at, [1])))(x).data()
  const tensors = tf.memory().numTensors
  const map = vi.fn(path)
  expect(await mapGradient({ network: net, map, x: { shape: [1, 128, 128, 1], data: values([1, 128, 128, 1]) }, targets: [1], objective })).toEqual(expected)
  expect(map).toHaveBeenCalledTimes(calls)
  expect(tf.memory().numTensors).toBe(tensors)
  net.dispose()
})

test('rows that go well together ask for no more gradients than a batch has, nor than fit into memory', () => {
  const own: TensorMap = (net, x, targets) => inputGradient(net, x, targets)
  const together = (idle: number, map: TensorMap, rows: number): number => {
    const net = network(idle)
    const most = rowsTogether({ network: net, map, x: { shape: [rows, 128, 128, 1], data: values([rows, 128, 128, 1]) }, targets: new Array<number>(rows).fill(1) })
    net.dispose()
    return most
  }
  expect([together(3, own, 1), together(3, path, 1), together(3, path, 2)]).toEqual([160, 16, 16])
  expect([together(200, own, 1), together(200, path, 1)]).toEqual([4, 1])
})

test('they are counted on other backends, too, where the derivatives are those of wasm', async () => {
  const net = network(3)
  const of = { network: net, map: path, x: { shape: [1, 128, 128, 1], data: values([1, 128, 128, 1]) }, targets: [1], objective }
  const expected = await mapGradient(of)
  net.dispose()
  await tf.setBackend('cpu')
  const there = network(3)
  expect(rowsTogether({ ...of, network: there })).toBe(16)
  const found = await mapGradient({ ...of, network: there })
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5 * Math.max(...expected.map(Math.abs)))
  there.dispose()
  await tf.setBackend('wasm')
})
