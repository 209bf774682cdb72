import { createRandomness, sizeOf } from '@touchstone/core'
import { createNetwork, inputGradient, surrogate, targetLogitSum, valueAndGradient, weightGradients, type Graph, type Network } from '@touchstone/network'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { networks } from './networks.js'

beforeAll(async () => {
  await openEngine()
})

const normals = (shape: readonly number[], purpose: string) => Float32Array.from(createRandomness(3, 'networks').normals(purpose, 0, sizeOf(shape)))
const normal = (shape: readonly number[], purpose = 'x') => tf.tensor(normals(shape, purpose), [...shape])
const read = (tensor: tf.Tensor) => tensor.dataSync() as Float32Array
const dot = (a: readonly tf.Tensor[], b: readonly tf.Tensor[]) => a.reduce((sum, tensor, i) => sum + read(tf.sum(tf.mul(tensor, b[i]!)))[0]!, 0)
const targetsOf = (rows: number) => Array.from({ length: rows }, (_, i) => i % 2)

/** Runs a check on the network of each graph, and frees what it made. */
function check(graphs: fc.Arbitrary<Graph>, numRuns: number, property: (network: Network) => void): void {
  fc.assert(
    fc.property(graphs, (graph) => {
      const network = createNetwork(graph)
      const before = tf.memory().numTensors
      tf.tidy(() => property(network))
      expect(tf.memory().numTensors).toBe(before)
      network.dispose()
    }),
    { numRuns },
  )
}

/** Fails unless values agree relative to the largest of them. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  let [largest, difference] = [1e-3, 0]
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!))
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!))
  }
  expect(difference / largest).toBeLessThan(tolerance)
}

test('rows are the same to the last bit in batches of 1 to 64, outputs and gradients', () => {
  check(networks(), 25, (network) => {
    const x = normal([64, ...network.inputShape])
    const whole = valueAndGradient(network, x, targetsOf(64))
    const [logits, gradient] = [read(whole.logits), read(whole.gradients[0]!)]
    for (const [from, rows] of [[0, 1], [5, 2], [10, 7], [33, 16], [20, 33], [0, 63]] as const) {
      const part = valueAndGradient(network, tf.slice(x, from, rows), targetsOf(64).slice(from, from + rows))
      const size = gradient.length / 64
      expect(read(part.logits)).toEqual(logits.slice(from * network.classCount, (from + rows) * network.classCount))
      expect(read(part.gradients[0]!)).toEqual(gradient.slice(from * size, (from + rows) * size))
      expect(read(network.logits(tf.slice(x, from, rows)))).toEqual(read(part.logits))
    }
  })
})

test('three gradients agree: the backward pass, tf.grad, and finite differences', () => {
  check(networks(), 60, (network) => {
    const x = normal([3, ...network.inputShape])
    const gradient = inputGradient(network, x, targetsOf(3))
    expectClose(read(gradient), read(tf.grad((at: tf.Tensor) => targetLogitSum(network, at, targetsOf(3)))(x)), 1e-4)
  })
  check(networks({ smooth: true }), 60, (network) => {
    const x = normal([2, ...network.inputShape])
    const gradient = inputGradient(network, x, targetsOf(2))
    const h = 5e-3
    for (const purpose of ['a', 'b']) {
      const direction = normal(x.shape, purpose)
      const at = (sign: number) => read(targetLogitSum(network, tf.add(x, tf.mul(direction, sign * h)), targetsOf(2)))[0]!
      const slope = dot([gradient], [direction])
      expect(Math.abs(slope - (at(1) - at(-1)) / (2 * h))).toBeLessThan(5e-3 * Math.max(1, Math.abs(slope), read(tf.norm(gradient))[0]!))
    }
  })
})

test('the backward pass of the engine agrees with tf.grad on the plain cpu backend', async () => {
  const gradients = (graph: Graph, gradientOf: (network: Network, x: tf.Tensor) => tf.Tensor): Float32Array => {
    const network = createNetwork(graph)
    const values = tf.tidy(() => read(gradientOf(network, normal([3, ...network.inputShape]))))
    network.dispose()
    return values.slice()
  }
  // Without kinks, at which the rounding of two backends could choose different slopes, and without padded means, whose gradient is wrong in tfjs's own cpu backend.
  const rightOnCpu = (graph: Graph) => !graph.nodes.some((node) => node.op === 'average-pool' && node.padding === 'same')
  const graphs = fc.sample(networks({ smooth: true }).filter(rightOnCpu), 40)
  const onEngine = graphs.map((graph) => gradients(graph, (network, x) => inputGradient(network, x, targetsOf(3))))
  const engine = tf.getBackend()
  await tf.setBackend('cpu')
  try {
    const onCpu = graphs.map((graph) => gradients(graph, (network, x) => tf.grad((at: tf.Tensor) => targetLogitSum(network, at, targetsOf(3)))(x)))
    onEngine.forEach((values, index) => expectClose(values, onCpu[index]!, 1e-4))
  } finally {
    await tf.setBackend(engine)
  }
})

test('second derivatives, by the input and by the weights, are those of finite differences', () => {
  check(networks({ smooth: true }), 40, (network) => {
    const x = normal([2, ...network.inputShape])
    const probe = normal(x.shape, 'probe')
    // A smooth function of the input gradient.
    const of = (other: Network, at: tf.Tensor): tf.Scalar => {
      const gradient = inputGradient(other, at, targetsOf(2))
      return tf.add(tf.sum(tf.mul(gradient, probe)), tf.mul(0.5, tf.sum(tf.square(gradient))))
    }
    const h = 2e-3
    const compare = (slope: number, at: (sign: number) => number, size: number) => {
      expect(Math.abs(slope - (at(1) - at(-1)) / (2 * h))).toBeLessThan(1e-2 * Math.max(1, Math.abs(slope), size))
    }
    const direction = normal(x.shape, 'direction')
    const byInput = tf.grad((at: tf.Tensor) => of(network, at))(x)
    compare(dot([byInput], [direction]), (sign) => read(of(network, tf.add(x, tf.mul(direction, sign * h))))[0]!, read(tf.norm(byInput))[0]!)

    const weights = network.weights.map(({ tensor }) => tensor)
    const directions = weights.map(({ shape }, i) => normal(shape, `direction ${i}`))
    const { gradients } = weightGradients(network, (other) => of(other, x))
    const moved = (sign: number) => network.withWeights(weights.map((weight, i) => tf.add(weight, tf.mul(directions[i]!, sign * h))))
    compare(dot(gradients, directions), (sign) => read(of(moved(sign), x))[0]!, Math.sqrt(dot(gradients, gradients)))
  })
})

test('a surrogate comes near its network as beta grows, and has second derivatives', () => {
  fc.assert(
    fc.property(networks(), (graph) => {
      tf.tidy(() => {
        const network = createNetwork(graph)
        const x = normal([2, ...network.inputShape])
        const [expected, sharp] = [network.logits(x), createNetwork(surrogate(graph, { beta: 500 })).logits(x)]
        expectClose(read(sharp), read(expected), 2e-2)
      })
    }),
    { numRuns: 30 },
  )
})

test('no tensor is left behind over 1000 gradients', () => {
  const [graph] = fc.sample(networks(), { numRuns: 1, seed: 5 }) as [Graph]
  const network = createNetwork(graph)
  const x = normal([2, ...network.inputShape])
  const before = tf.memory()
  for (let run = 0; run < 1000; run++) inputGradient(network, x, [0, 1]).dispose()
  expect(tf.memory().numTensors).toBe(before.numTensors)
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers)
})
