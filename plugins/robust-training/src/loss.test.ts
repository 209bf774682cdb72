import { createNetwork, surrogate, weightGradients, type Graph, type Network } from '@touchstone/network'
import { dense, input, matrix, tensor, vector, weight } from '@touchstone/testkit/graphs'
import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import { crossEntropy, crossEntropyGradient, igNorm } from './loss.js'
import { igNormObjective, igSumNormObjective, lossOf, type Objective } from './objectives.js'

beforeAll(async () => {
  await openEngine()
})

const [kernel, bias] = [[[0.5, -1, 0.2], [1.5, 0.3, -0.7]], [0.1, 0, -0.2]]
const linear = () => createNetwork({ nodes: [input(2), dense('out', 'x', matrix(kernel), vector(bias))], output: 'out' })

/** Softmax of a linear classifier, in plain numbers. */
function softmaxAt(x: readonly number[]): number[] {
  const exponentials = bias.map((b, c) => Math.exp(b + x.reduce((sum, value, i) => sum + value * kernel[i]![c]!, 0)))
  const total = exponentials.reduce((a, b) => a + b, 0)
  return exponentials.map((value) => value / total)
}

/** dCE / dx = W (softmax - onehot). */
const gradientAt = (x: readonly number[], label: number): number[] => kernel.map((row) => row.reduce((sum, w, c) => sum + w * (softmaxAt(x)[c]! - Number(c === label)), 0))

describe('of a linear classifier, worked out in plain numbers', () => {
  const [x, moved, labels] = [[[0.2, 0.9], [-0.4, 0.3]], [[0.5, 0.6], [-0.1, 0.1]], [2, 0]]

  test('cross-entropy and its gradient', () => {
    const network = linear()
    const [loss, gradient] = [crossEntropy(network, tf.tensor(x), labels), crossEntropyGradient(network, tf.tensor(x), labels)]
    expect(loss.dataSync()[0]).toBeCloseTo(x.reduce((sum, row, i) => sum - Math.log(softmaxAt(row)[labels[i]!]!), 0), 6)
    expect([...gradient.dataSync()]).toEqual(x.flatMap((row, i) => gradientAt(row, labels[i]!)).map((value) => expect.closeTo(value, 6) as number))
  })

  test.each([1, 3, 20])('the norm of integrated gradients at %i points', (points) => {
    let expected = 0
    for (const [row, from] of x.entries()) {
      const change = from.map((value, i) => moved[row]![i]! - value)
      const sums = [0, 0]
      for (let j = 1; j <= points; j++) gradientAt(from.map((value, i) => value + (j / points) * change[i]!), labels[row]!).forEach((g, i) => (sums[i]! += g))
      expected += sums.reduce((sum, value, i) => sum + Math.abs((change[i]! / points) * value), 0)
    }
    expect(igNorm(linear(), tf.tensor(x), tf.tensor(moved), labels, points).dataSync()[0]).toBeCloseTo(expected, 5)
  })

  test('with one feature changed and many points it is the change of the cross-entropy', () => {
    const network = linear()
    const [from, to] = [tf.tensor([[0.2, 0.9]]), tf.tensor([[1.4, 0.9]])]
    const change = crossEntropy(network, to, [2]).dataSync()[0]! - crossEntropy(network, from, [2]).dataSync()[0]!
    expect(igNorm(network, from, to, [2], 2000).dataSync()[0]).toBeCloseTo(Math.abs(change), 3)
  })
})

// Max-pooling jumps between windows' members: means in its place.
const image: Graph = {
  nodes: [
    input(6, 6, 1),
    { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([3, 3, 1, 4], 'conv'), bias: weight([4], 'bias') } },
    { op: 'activation', id: 'bent', inputs: ['conv'], name: 'relu' },
    { op: 'average-pool', id: 'pool', inputs: ['bent'], size: [2, 2], strides: [2, 2], padding: 'valid' },
    { op: 'reshape', id: 'flat', inputs: ['pool'], shape: [-1] },
    dense('hidden', 'flat', weight([16, 8], 'hidden'), weight([8], 'hidden bias')),
    { op: 'activation', id: 'bent2', inputs: ['hidden'], name: 'relu' },
    dense('out', 'bent2', weight([8, 3], 'out')),
  ],
  output: 'out',
}

/** (f(h) - f(-h)) / 2h. */
function difference(f: (h: number) => tf.Scalar, h: number): number {
  const [above, below] = [f(h), f(-h)].map((value) => value.dataSync()[0]!)
  return (above! - below!) / (2 * h)
}

const objectives: readonly (readonly [string, Objective])[] = [
  ['ig-norm', igNormObjective({ weight: 1, points: 5, attackPoints: 5 })],
  ['ig-sum-norm', igSumNormObjective({ weight: 0.7, points: 5, attackPoints: 5 })],
]

describe.each(objectives)('%s, by finite differences', (name, objective) => {
  const labels = [0, 2]
  const x = () => tf.mul(tensor([2, 6, 6, 1], 'x'), 0.5)
  // By as much everywhere, since the norm has a kink where an input has not moved.
  const moved = () => tf.add(x(), tf.mul(tf.sign(tensor([2, 6, 6, 1], 'moved')), 0.3))

  // A ReLU network's loss has kinks: there the network is a smooth one in one test, and in the other the weights move so little that no unit crosses its kink.
  test.each([['softplus', () => createNetwork(surrogate(image, { beta: 2 })), 1e-3] as const, ['ReLU', () => createNetwork(image), 1e-4] as const])('the gradient by each weight of a %s network', (_kind, make, h) => {
    const network: Network = make()
    const loss = (other: Network) => lossOf(objective, other, { x: x(), labels }, moved())
    const { gradients } = weightGradients(network, loss)
    for (const [i, { name: weightName, tensor: own }] of network.weights.entries()) {
      const direction = tensor(own.shape, `direction of ${weightName}`)
      const slope = tf.sum(tf.mul(gradients[i]!, direction)).dataSync()[0]!
      const along = difference((step) => loss(network.withWeights(network.weights.map(({ tensor: one }, j) => (j === i ? tf.add(one, tf.mul(direction, step)) : one)))), h)
      expect(Math.abs(slope - along), `${name}, ${weightName}: ${slope} and ${along}`).toBeLessThan(0.02 * Math.abs(along) + 1e-3)
    }
    network.dispose()
  })

  test('what the attack climbs, by the attacked inputs', () => {
    const network = createNetwork(surrogate(image, { beta: 2 }))
    const at = moved()
    const climbed = (step: tf.Tensor): tf.Scalar =>
      tf.add(tf.mul(name === 'ig-norm' ? 1 : 0.7, igNorm(network, x(), step, labels, 5)), name === 'ig-norm' ? 0 : crossEntropy(network, step, labels))
    const direction = tensor([2, 6, 6, 1], 'direction')
    const slope = tf.sum(tf.mul(objective.climb!(network, { x: x(), labels }, at), direction)).dataSync()[0]!
    const along = difference((step) => climbed(tf.add(at, tf.mul(direction, step))), 1e-3)
    expect(Math.abs(slope - along)).toBeLessThan(0.02 * Math.abs(along))
    network.dispose()
  })
})
