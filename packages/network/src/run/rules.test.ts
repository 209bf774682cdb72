import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { backward, createNetwork, firstWeighted, forward, inputGradient, lastWeighted, named, ofActivation, ofKind, targetLogitSum, valueAndGradient, weighted, type Graph, type GraphNode, type Rule, type RuleFor } from '../index.js'
import { expectClose, tensor, values, weight } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

const dense = (id: string, from: string, kernel: readonly (readonly number[])[], bias?: readonly number[]): GraphNode => ({
  op: 'dense',
  id,
  inputs: [from],
  weights: { kernel: { shape: [kernel.length, kernel[0]!.length], data: Float32Array.from(kernel.flat()) }, ...(bias && { bias: { shape: [bias.length], data: Float32Array.from(bias) } }) },
})
const relu = (id: string, from: string): GraphNode => ({ op: 'activation', name: 'relu', id, inputs: [from] })

// F = 2 relu(x0 - x1) - relu(x0 + x1).
const toy: Graph = {
  nodes: [{ op: 'input', id: 'x', inputs: [], shape: [2] }, dense('hidden', 'x', [[1, 1], [-1, 1]]), relu('relu', 'hidden'), dense('out', 'relu', [[2], [-1]])],
  output: 'out',
}

const guided: Rule = ({ signal, gradient }) => gradient(tf.relu(signal))
const deconvolution: Rule = ({ signal }) => [tf.relu(signal)]
const epsilon: Rule = ({ inputs, output, signal, gradient }) => {
  const stabilised = tf.add(output, tf.mul(1e-6, tf.sub(tf.mul(2, tf.step(output, 0)), 1)))
  return gradient(tf.div(signal, stabilised)).map((part, i) => tf.mul(part, inputs[i]!))
}
const pass: Rule = ({ signal }) => [signal]
const rescale: Rule = ({ inputs: [x], output, reference, signal }) => {
  const [dx, dy] = [tf.sub(x!, reference!.inputs[0]!), tf.sub(output, reference!.output)]
  return [tf.mul(signal, tf.div(dy, dx))]
}
const map = async (rules: readonly RuleFor[], x: number[]) => [...(await inputGradient(createNetwork(toy), tf.tensor([x]), null, { rules }).data())]

test('rules are a small table: guided backpropagation and deconvolution, worked out by hand', async () => {
  // At (1, 3): hidden (-2, 4); signals at the ReLU outputs (2, -1).
  expect(await map([], [1, 3])).toEqual([-1, -1])
  expect(await map([{ for: ofActivation('relu'), rule: guided }], [1, 3])).toEqual([0, 0])
  expect(await map([{ for: ofActivation('relu'), rule: deconvolution }], [1, 3])).toEqual([2, -2])
  // The first entry that is for a layer decides.
  expect(await map([{ for: named('relu'), rule: guided }, { for: ofActivation(), rule: deconvolution }], [1, 3])).toEqual([0, 0])
})

test('LRP-epsilon on a network without biases conserves the logit and equals input x gradient', async () => {
  const network = createNetwork(toy)
  const x = tf.tensor([[3, -1]])
  const activations = forward(network, x)
  const [relevance] = backward(network, activations, activations.output, { rules: [{ for: weighted, rule: epsilon }, { for: ofActivation(), rule: pass }] })
  await expectClose(relevance!, tf.mul(x, inputGradient(network, x, null)), 1e-4)
  expect((await tf.sum(relevance!).data())[0]).toBeCloseTo((await activations.output.data())[0]!, 4)
})

test('a rule sees the reference pass: DeepLIFT rescale adds up to the difference of the outputs', async () => {
  const network = createNetwork({ ...toy, nodes: toy.nodes.map((node) => (node.id === 'hidden' ? dense('hidden', 'x', [[1, 1], [-1, 1]], [0.5, -1]) : node)) })
  const [x, x0] = [tf.tensor([[3, 1]]), tf.tensor([[0.2, 1.9]])]
  const [activations, reference] = [forward(network, x), forward(network, x0)]
  const [multiplier] = backward(network, activations, tf.ones([1, 1]), { rules: [{ for: ofActivation(), rule: rescale }], reference })
  const total = (await tf.sum(tf.mul(multiplier!, tf.sub(x, x0))).data())[0]
  expect(total).toBeCloseTo((await tf.sub(activations.output, reference.output).data())[0]!, 5)
})

test('rules are chosen by order and kind', async () => {
  const seen: string[] = []
  const note = (label: string): Rule => ({ node, gradient }) => {
    seen.push(`${label} ${node.id}`)
    return gradient()
  }
  const rules = [
    { for: firstWeighted, rule: note('first') },
    { for: lastWeighted, rule: note('last') },
    { for: ofKind('activation'), rule: note('activation') },
  ]
  expect(await map(rules, [3, 1])).toEqual(await map([], [3, 1]))
  expect(seen).toEqual(['last out', 'activation relu', 'first hidden'])
})

test('a rule may run its layer on other inputs and weights', async () => {
  const twice: Rule = ({ inputs, weights, forward: run, gradient, output }) => {
    expect([...run(inputs, { kernel: tf.mul(weights.kernel!, 2) }).dataSync()]).toEqual([...tf.mul(output, 2).dataSync()])
    return gradient(undefined, { kernel: tf.mul(weights.kernel!, 2) })
  }
  expect(await map([{ for: named('out'), rule: twice }], [3, 1])).toEqual((await map([], [3, 1])).map((value) => 2 * value))
})

test('a rule that gives another shape is refused by the name of its layer', async () => {
  await expect(map([{ for: named('relu'), rule: () => [tf.zeros([1, 3])] }], [1, 1])).rejects.toThrow('the rule for layer "relu" gave a signal of shape [1, 3] for an input of shape [1, 2]')
})

test('gradients at any layer, from any layer, and of a network that is run from the middle', async () => {
  const network = createNetwork(toy)
  const x = tf.tensor([[3, 1], [1, 3]])
  const { gradients } = valueAndGradient(network, x, null, { at: ['relu', 'hidden', 'x'] })
  expect(await gradients[0]!.array()).toEqual([[2, -1], [2, -1]])
  expect(await gradients[1]!.array()).toEqual([[2, -1], [0, -1]])
  expect(await gradients[2]!.array()).toEqual(await inputGradient(network, x, null).array())
  const inner = valueAndGradient(network, x, null, { from: 'hidden' }).gradients[0]!
  expect(await inner.array()).toEqual([[2, 0], [2, 0]])
  const given = forward(network, x, { hidden: tf.tensor([[1, 1], [1, 1]]) })
  expect(await given.output.array()).toEqual([[1], [1]])
  expect(() => valueAndGradient(network, x, null, { at: ['nowhere'] })).toThrow('there is no layer "nowhere"')
})

test('a network of several inputs and a scalar output, with linear combinations, and maxima over features', async () => {
  // out = max over features of relu(x1) - 1 - relu(x2).
  const network = createNetwork({
    nodes: [
      { op: 'input', id: 'x1', inputs: [], shape: [2] },
      { op: 'input', id: 'x2', inputs: [], shape: [2] },
      relu('r1', 'x1'),
      relu('r2', 'x2'),
      { op: 'linear-combination', id: 'd', inputs: ['r1', 'r2'], coefficients: [1, -1], constant: -1 },
      { op: 'global-max-pool', id: 'out', inputs: ['d'], axes: [0], keepAxes: true },
    ],
    output: 'out',
  })
  expect(network.classCount).toBe(1)
  const inputs = [tf.tensor([[3, 3]]), tf.tensor([[1, 1]])]
  const { logits, gradients } = valueAndGradient(network, inputs, [0])
  expect(await logits.array()).toEqual([[1]])
  // Of equally large values the first counts.
  expect(await Promise.all(gradients.map((gradient) => gradient.array()))).toEqual([[[1, 0]], [[-1, -0]]])
})

test('the largest of one value is that value', async () => {
  const network = createNetwork({ nodes: [{ op: 'input', id: 'x', inputs: [], shape: [1, 1, 2] }, { op: 'global-max-pool', id: 'out', inputs: ['x'] }], output: 'out' })
  expect(await inputGradient(network, tensor([1, 1, 1, 2]), [1]).array()).toEqual([[[[0, 1]]]])
})

test('targets that do not fit, and batches that do not fit, are told', () => {
  const network = createNetwork(toy)
  expect(() => inputGradient(network, tf.tensor([[1, 2]]), [1])).toThrow('there is no output 1: the network has 1')
  expect(() => inputGradient(network, tf.tensor([[1, 2]]), [])).toThrow('expected a target for each of 1 rows, found 0')
  expect(() => network.logits(tf.tensor([[1, 2, 3]]))).toThrow('expected rows of shape [2] for input "x", found a batch of shape [1, 3]')
  expect(() => network.logits([])).toThrow('the network has 1 inputs (x), found 0')
  expect(() => network.withWeights([])).toThrow('the network has 2 weights, found 0')
})

test('second derivatives through max-pooling with windows that overlap read at the largest values', async () => {
  const network = createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [5, 5, 2] },
      { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'same', weights: { kernel: weight([3, 3, 2, 3]) } },
      { op: 'activation', name: 'softplus', id: 'soft', inputs: ['conv'] },
      { op: 'max-pool', id: 'pool', inputs: ['soft'], size: [3, 3], strides: [2, 1], padding: 'same' },
      { op: 'reshape', id: 'flat', inputs: ['pool'], shape: [-1] },
      { op: 'dense', id: 'hidden', inputs: ['flat'], weights: { kernel: weight([45, 4], 'h') } },
      { op: 'activation', name: 'tanh', id: 'tanh', inputs: ['hidden'] },
      { op: 'dense', id: 'out', inputs: ['tanh'], weights: { kernel: weight([4, 2], 'o') } },
    ],
    output: 'out',
  })
  // Values far enough apart that no step of the differences changes which is the largest.
  const x = tf.tensor(values([2, 5, 5, 2]), [2, 5, 5, 2])
  const direction = tensor(x.shape, 'direction')
  const of = (at: tf.Tensor): tf.Scalar => tf.sum(tf.square(inputGradient(network, at, [0, 1])))
  const slope = (await tf.sum(tf.mul(tf.grad((at: tf.Tensor) => of(at))(x), direction)).data())[0]!
  const h = 1e-3
  const [above, below] = [1, -1].map((sign) => (of(tf.add(x, tf.mul(direction, sign * h))).dataSync() as Float32Array)[0]!)
  expect(slope / ((above! - below!) / (2 * h))).toBeCloseTo(1, 2)
  await expectClose(inputGradient(network, x, [0, 1]), tf.grad((at: tf.Tensor) => targetLogitSum(network, at, [0, 1]))(x))
})
