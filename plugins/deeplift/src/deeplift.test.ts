import { createRandomness, Host, rowAt, stackRows, type Attributer, type Dataset, type Model } from '@touchstone/core'
import { createNetwork, forward, inputGradient, modelFromNetwork, networkOf, type Graph, type GraphNode } from '@touchstone/network'
import { convModel, denseModel, describeAttributer } from '@touchstone/testkit'
import { deepGraph, dense, distance, input, matrix, read, relu, sumOf, tensor, vector, weight, withNetwork } from '@touchstone/testkit/graphs'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import plugin, { contributions, deepLiftMap, type DeepLiftRuleName } from './index.js'

beforeAll(async () => {
  await openEngine()
})

describeAttributer(plugin, 'deeplift')
describe('with reveal-cancel and several baselines', () => describeAttributer(plugin, 'deeplift', { rule: 'reveal-cancel', baseline: { average: [0.5, 0, [[[0.1, 0.2]]]] } }))

const rules = ['rescale', 'reveal-cancel'] as const satisfies DeepLiftRuleName[]
const namedInput = (id: string, ...shape: number[]): GraphNode => ({ op: 'input', id, inputs: [], shape })
const activation = (name: 'tanh' | 'softplus' | 'sigmoid', id: string, from: string): GraphNode => ({ op: 'activation', name, id, inputs: [from] })

/** Options, defaults filled in, as in an evaluation. */
async function methodOf(options: Readonly<Record<string, unknown>> = {}): Promise<Attributer> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('attributer', { use: 'deeplift', options }, ['m'])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'))
  return host.open().create({ ...resolved, kind: 'attributer' })
}

async function attribute(model: Model, rows: readonly (readonly number[])[], options: Readonly<Record<string, unknown>> = {}, { target = 0, reference }: { readonly target?: number; readonly reference?: Dataset } = {}): Promise<number[][]> {
  const inputs = stackRows(rows.map((row) => Float32Array.from(row)), model.inputShape)
  const request = { model, inputs, targets: rows.map(() => target), randomness: rows.map(() => createRandomness(0, 'x')), batchRows: 64, ...(reference && { reference }) }
  const maps = await (await methodOf(options)).attribute(request)
  return rows.map((_, row) => [...rowAt(maps, row)])
}

// Numbers of Captum's own tests (tests/attr/test_deeplift_basic.py of pytorch/captum).
describe('the numbers of Captum', () => {
  // 2 relu(x1) + 2 relu(x2 - 1.5) from (0, 0) to (1, 2).
  const twoInputs: Graph = {
    nodes: [
      namedInput('x1', 1),
      namedInput('x2', 1),
      relu('r1', 'x1'),
      { op: 'affine', id: 's', inputs: ['x2'], weights: { shift: vector([-1.5]) } },
      relu('r2', 's'),
      { op: 'linear-combination', id: 'out', inputs: ['r1', 'r2'], coefficients: [2, 2] },
    ],
    output: 'out',
  }
  test.each(rules)('two inputs and ReLUs, by %s, with and without the input factor', (rule) => {
    withNetwork(twoInputs, (network) => {
      const of = (inputFactor: boolean) => contributions(network, [tf.tensor([[1]]), tf.tensor([[2]])], null, { rule, inputFactor }).flatMap(read)
      expect(distance(of(true), [2, 1])).toBeLessThan(1e-6)
      expect(distance(of(false), [2, 0.5])).toBeLessThan(1e-6)
    })
  })

  test('ReLUs of joined linear layers', () => {
    const graph: Graph = {
      nodes: [
        namedInput('x1', 3),
        namedInput('x2', 3),
        dense('l1', 'x1', matrix([[3], [1], [0]])),
        dense('l2', 'x2', matrix([[2], [3], [0]])),
        { op: 'concat', id: 'cat', inputs: ['l1', 'l2'] },
        relu('relu', 'cat'),
        dense('l3', 'relu', matrix([[1], [1]])),
      ],
      output: 'l3',
    }
    withNetwork(graph, (network) => {
      const found = contributions(network, [tf.tensor([[-10, 1, -5]]), tf.tensor([[3, 3, 1]])], null, { baseline: [tf.zeros([3]), tf.zeros([1, 3])] })
      expect(distance(found.flatMap(read), [0, 0, 0, 6, 9, 0])).toBeLessThan(1e-6)
    })
  })
})

// relu(x1) - relu(x1 - x2), the smaller of two positive values: the example with which the paper introduces RevealCancel.
test('of the smaller of two values Rescale gives all to one, RevealCancel half to each', () => {
  const graph: Graph = { nodes: [input(2), dense('h', 'x', matrix([[1, 1], [0, -1]])), relu('r', 'h'), dense('out', 'r', matrix([[1], [-1]]))], output: 'out' }
  withNetwork(graph, (network) => {
    const of = (rule: DeepLiftRuleName) => read(contributions(network, tf.tensor([[3, 1]]), [0], { rule })[0]!)
    expect(distance(of('rescale'), [0, 1])).toBeLessThan(1e-6)
    expect(distance(of('reveal-cancel'), [0.5, 0.5])).toBeLessThan(1e-6)
  })
})

test('the largest value: a rise goes to where it is now, a fall to where it was', () => {
  const graph: Graph = { nodes: [input(2, 2, 1), { op: 'max-pool', id: 'pool', inputs: ['x'], size: [2, 2], strides: [2, 2], padding: 'valid' }, { op: 'reshape', id: 'out', inputs: ['pool'], shape: [-1] }], output: 'out' }
  withNetwork(graph, (network) => {
    const of = (x: readonly number[], x0: readonly number[]) => read(contributions(network, tf.tensor([...x], [1, 2, 2, 1]), null, { baseline: tf.tensor([...x0], [1, 2, 2, 1]) })[0]!)
    expect(distance(of([1, 2, 5, 3], [4, 0, 0, 0]), [0, 0, 1, 0])).toBeLessThan(1e-6)
    expect(distance(of([1, 2, 3, 0], [4, 0, 0, 0]), [-1, 0, 0, 0])).toBeLessThan(1e-6)
    expect(distance(of([1, 2, 4, 0], [4, 0, 0, 0]), [0, 0, 0, 0])).toBeLessThan(1e-6)
  })
})

test('the factors of a product share as by Shapley, also of three, and of one that is used twice', () => {
  const graph: Graph = {
    nodes: [namedInput('a', 1), namedInput('b', 1), namedInput('c', 1), { op: 'multiply', id: 'abc', inputs: ['a', 'b', 'c'] }, { op: 'multiply', id: 'aa', inputs: ['a', 'a'] }, { op: 'add', id: 'out', inputs: ['abc', 'aa'] }],
    output: 'out',
  }
  withNetwork(graph, (network) => {
    const one = (value: number) => tf.tensor([[value]])
    // From (1, 2, 3) to (2, 4, 7): of the product 50, of the square 3.
    const found = contributions(network, [one(2), one(4), one(7)], null, { baseline: [one(1), one(2), one(3)] }).flatMap(read)
    const shapley = (d: number, [b, b0]: readonly [number, number], [c, c0]: readonly [number, number]) => d * ((b * c) / 3 + (b * c0 + b0 * c) / 6 + (b0 * c0) / 3)
    expect(distance(found, [shapley(1, [4, 2], [7, 3]) + 3, shapley(2, [2, 1], [7, 3]), shapley(4, [2, 1], [4, 2])])).toBeLessThan(1e-6)
    expect(sumOf(found)).toBeCloseTo(53, 4)
  })
})

test.each(rules)('on a linear network %s gives w (x - x0)', (rule) => {
  withNetwork({ nodes: [input(2), dense('h', 'x', matrix([[2, 0], [-3, 1]]), vector([5, 0])), dense('out', 'h', matrix([[1], [2]]))], output: 'out' }, (network) => {
    expect(distance(read(contributions(network, tf.tensor([[1.5, 2.5]]), [0], { rule, baseline: 0.5 })[0]!), [2, -2])).toBeLessThan(1e-6)
  })
})

// Ancona et al., "Towards better understanding of gradient-based attribution methods", ICLR 2018, proposition 3.
test('Rescale from zero is input x gradient on networks of ReLUs without biases', () => {
  fc.assert(
    fc.property(fc.nat(1e6), (seed) => {
      withNetwork(deepGraph({ bias: false, batchNorm: true, seed }), (network) => {
        const x = tensor([2, 6, 6, 2], 'image', seed)
        expect(distance(read(deepLiftMap()(network, x, [0, 2])), read(tf.mul(x, inputGradient(network, x, [0, 2]))))).toBeLessThan(1e-4)
      })
    }),
    { numRuns: 20 },
  )
})

test('at hidden layers, also such as are folded, or explained together with the activation behind them', () => {
  const graph = deepGraph({ bias: true, batchNorm: true, seed: 3 })
  withNetwork(graph, (network) => {
    const [x, x0] = [tensor([2, 6, 6, 2], 'image', 3), tensor([1, 6, 6, 2], 'baseline', 3)]
    const [y, y0] = [read(network.logits(x)), read(network.logits(x0))]
    const layers = ['x', 'conv1', 'norm1', 'relu1', 'both', 'conv2', 'hidden', 'relu4', 'out']
    for (const rule of rules) {
      const found = contributions(network, x, [0, 2], { rule, baseline: x0 }, layers)
      const multipliers = contributions(network, x, [0, 2], { rule, baseline: x0, inputFactor: false }, layers)
      found.forEach((values, i) => {
        const id = layers[i]!
        ;[0, 2].forEach((target, row) => {
          expect(sumOf(read(tf.slice(values, row, 1))), `${rule} at ${id}`).toBeCloseTo(y[row * 3 + target]! - y0[target]!, 3)
        })
        const at = (of: tf.Tensor) => forward(network, of).of(id)
        expect(distance(read(tf.mul(multipliers[i]!, tf.sub(at(x), at(x0)))), read(values)), `${rule} at ${id}`).toBeLessThan(1e-4)
      })
    }
  })
})

test('layers that share weights each have their own differences', () => {
  const kernel = weight([3, 3], 'shared')
  const graph: Graph = { nodes: [input(3), dense('first', 'x', kernel), activation('tanh', 'a', 'first'), dense('second', 'a', kernel), activation('tanh', 'b', 'second'), dense('out', 'b', weight([3, 2], 'o'))], output: 'out' }
  withNetwork(graph, (network) => {
    const [x, x0] = [tensor([1, 3], 'x'), tensor([1, 3], 'x0')]
    for (const rule of rules) expect(sumOf(read(contributions(network, x, [1], { rule, baseline: x0 })[0]!))).toBeCloseTo(read(network.logits(x))[1]! - read(network.logits(x0))[1]!, 5)
  })
})

test.each(rules)('%s goes over into the gradient where input and baseline are nearly the same', (rule) => {
  const graph: Graph = { nodes: [input(4), dense('h', 'x', weight([4, 6], 'h'), weight([6], 'hb')), activation('softplus', 's', 'h'), dense('i', 's', weight([6, 5], 'i')), activation('tanh', 't', 'i'), dense('out', 't', weight([5, 2], 'o'))], output: 'out' }
  withNetwork(graph, (network) => {
    const x = tensor([1, 4], 'x')
    const gradient = read(inputGradient(network, x, [0]))
    for (const step of [0, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 3e-4]) {
      const x0 = tf.sub(x, tf.mul(step, tensor([1, 4], 'direction')))
      expect(distance(read(contributions(network, x, [0], { rule, baseline: x0, inputFactor: false })[0]!), gradient), `${step}`).toBeLessThan(5e-3)
    }
  })
})

test.each(rules)('where an activation jumps on a short way, %s has all of it', (rule) => {
  const graph: Graph = { nodes: [input(1), { op: 'activation', name: 'thresholded-relu', theta: 1, id: 'jump', inputs: ['x'] }, dense('out', 'jump', matrix([[2, -1]]))], output: 'out' }
  withNetwork(graph, (network) => {
    const [map] = contributions(network, tf.tensor([[1.0005]]), [0], { rule, baseline: tf.tensor([[0.9995]]) })
    expect(read(map!)[0]).toBeCloseTo(2.001, 5)
  })
})

test('maps can be differentiated where the network is smooth', () => {
  const graph: Graph = { nodes: [input(4), dense('h', 'x', weight([4, 5], 'h'), weight([5], 'hb')), activation('softplus', 's', 'h'), dense('i', 's', weight([5, 4], 'i')), activation('sigmoid', 't', 'i'), dense('out', 't', weight([4, 2], 'o'))], output: 'out' }
  withNetwork(graph, (network) => {
    const [x, direction] = [tensor([1, 4], 'x'), tensor([1, 4], 'direction')]
    for (const rule of rules) {
      const f = (at: tf.Tensor): tf.Scalar => tf.sum(tf.square(deepLiftMap({ rule })(network, at, [0])))
      const slope = sumOf(read(tf.mul(tf.grad(f)(x), direction)))
      const at = (h: number) => read(f(tf.add(x, tf.mul(direction, h))))[0]!
      const h = 1e-3
      expect(Math.abs(slope - (at(h) - at(-h)) / (2 * h)), rule).toBeLessThan(0.01 * Math.max(1, Math.abs(slope)))
    }
  })
})

test('multipliers of Rescale can be differentiated where a layer has its baseline values', () => {
  // F = softplus(2 x1) + softplus(-x2), at x1 = 0.
  const graph: Graph = { nodes: [input(2), dense('h', 'x', matrix([[2, 0], [0, -1]])), activation('softplus', 's', 'h'), dense('out', 's', matrix([[1], [1]]))], output: 'out' }
  withNetwork(graph, (network) => {
    const f = (at: tf.Tensor): tf.Scalar => tf.sum(tf.square(deepLiftMap({ inputFactor: false })(network, at, [0])))
    const gradient = read(tf.grad(f)(tf.tensor([[0, 0.7]])))
    const differences = [0, 1].map((i) => {
      const at = (h: number) => read(f(tf.tensor([[i === 0 ? h : 0, i === 0 ? 0.7 : 0.7 + h]])))[0]!
      return (at(0.02) - at(-0.02)) / 0.04
    })
    expect(distance(gradient, differences)).toBeLessThan(5e-3)
  })
})

test('of several baselines the mean, also of examples of the data', async () => {
  const model = await denseModel([{ kernel: [[1, -1], [2, 1]], bias: [0.5, 0] }, { kernel: [[1, 0], [3, 1]], bias: [0, 0] }])
  const x = [[0.3, -1], [2, 1]]
  const [a, b] = [await attribute(model, x, { baseline: 1 }), await attribute(model, x, { baseline: [-1, 0.5] })]
  const mean = a.map((row, i) => row.map((value, k) => (value + b[i]![k]!) / 2))
  const examples: Dataset = { inputShape: [2], size: 2, range: { low: -1, high: 1 }, fingerprint: 'two', example: (index) => Promise.resolve({ id: String(index), input: Float32Array.from([[1, 1], [-1, 0.5]][index]!) }) }
  for (const baseline of [{ average: [1, [-1, 0.5]] }, { examples: 2 }]) {
    const found = await attribute(model, x, { baseline }, { reference: examples })
    found.forEach((row, i) => expect(distance(row, mean[i]!)).toBeLessThan(1e-6))
  }
  const map = tf.tidy(() => read(deepLiftMap({ baseline: { average: [1, tf.tensor([-1, 0.5])] } })(networkOf(model), tf.tensor(x), [0, 0])))
  expect(distance(map, mean.flat())).toBeLessThan(1e-6)
  expect((await attribute(model, x, { baseline: 'mean', inputFactor: false }, { reference: examples })).flat().every(Number.isFinite)).toBe(true)
})

test.each([
  [{ rule: 'revealcancel' }, 'rule: expected rescale or reveal-cancel'],
  [{ inputFactor: 1 }, 'inputFactor: expected true or false'],
  [{ baseline: 'black' }, 'baseline: expected a number'],
])('the options %j are refused before any work', async (options, message) => {
  await expect(methodOf(options)).rejects.toThrow(message)
})

test('what does not fit is one clear error, after which the model is as it was', async () => {
  const model = await convModel(2)
  const x = [...Float32Array.from({ length: 128 }, (_, i) => Math.sin(i))]
  const outputs = await model.predict(stackRows([Float32Array.from(x)], model.inputShape))
  const tensors = tf.memory().numTensors
  await expect(attribute(model, [x], { baseline: [1, 2, 3] })).rejects.toThrow('deeplift: baseline has shape [3], which does not fit inputs of shape [8, 8, 2]')
  await expect(attribute(model, [x], { baseline: 'mean' })).rejects.toThrow('deeplift: baseline "mean" needs reference data')
  await expect(attribute(model, [x], {}, { target: 3 })).rejects.toThrow('there is no output 3: the network has 3')
  await expect(attribute({ ...model, capabilities: {} }, [x])).rejects.toThrow('use a model with a network')
  expect(tf.memory().numTensors).toBe(tensors)
  expect(await model.predict(stackRows([Float32Array.from(x)], model.inputShape))).toEqual(outputs)

  const gated = modelFromNetwork(createNetwork({ nodes: [input(2), dense('h', 'x', matrix([[1, 2], [3, 4]])), { op: 'softmax', id: 'attention', inputs: ['h'] }, dense('out', 'attention', matrix([[1, 0], [2, 1]]))], output: 'out' }), { dispose: true })
  const before = tf.memory().numTensors
  await expect(attribute(gated, [[1, 2]])).rejects.toThrow('deeplift: layer "attention" is a softmax inside the network')
  expect(tf.memory().numTensors).toBe(before)
  await gated.dispose?.()
})

test('a baseline that does not fit a network is told', () => {
  withNetwork({ nodes: [input(2), dense('out', 'x', matrix([[1], [2]]))], output: 'out' }, (network) => {
    const of = (baseline: tf.Tensor | tf.Tensor[], at?: readonly string[]) => contributions(network, tf.zeros([3, 2]), [0, 0, 0], { baseline }, at)
    expect(() => of(tf.zeros([2, 2]))).toThrow("deeplift: baseline 0 has shape [2, 2], which cannot be broadcast to its input's, [3, 2]")
    expect(() => of(tf.zeros([1, 3]))).toThrow("baseline 0 has shape [1, 3], which cannot be broadcast to its input's, [3, 2]")
    expect(() => of([])).toThrow('deeplift: expected a baseline for each of 1 inputs, found 0')
    expect(() => of(tf.zeros([2]), ['nowhere'])).toThrow('there is no layer "nowhere"')
  })
})

test.each(rules)('layers with several ways through them add up: PReLU, upsampling, the largest and the smallest of branches, turned axes; by %s', (rule) => {
  const graph: Graph = {
    nodes: [
      input(4, 4, 2),
      { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([2, 2, 2, 4], 'conv'), bias: weight([4], 'bias') } },
      { op: 'prelu', id: 'prelu', inputs: ['conv'], weights: { alpha: vector([0.1, -0.2, 0.3, 0.4]) } },
      { op: 'upsample', id: 'nearest', inputs: ['prelu'], factors: [2, 2], method: 'nearest' },
      { op: 'upsample', id: 'bilinear', inputs: ['prelu'], factors: [2, 2], method: 'bilinear' },
      { op: 'affine', id: 'shifted', inputs: ['bilinear'], weights: { scale: vector([0.5, 1, -1, 2]), shift: vector([0.1, 0, 0.2, -0.1]) } },
      { op: 'maximum', id: 'larger', inputs: ['nearest', 'shifted'] },
      { op: 'global-average-pool', id: 'mean', inputs: ['prelu'], keepAxes: true },
      { op: 'minimum', id: 'smaller', inputs: ['larger', 'bilinear', 'mean'] },
      { op: 'transpose', id: 'turned', inputs: ['smaller'], axes: [1, 0, 2] },
      { op: 'slice', id: 'part', inputs: ['turned'], begin: [1, 0, 0], size: [4, 6, 4] },
      { op: 'reshape', id: 'flat', inputs: ['part'], shape: [-1] },
      dense('out', 'flat', weight([96, 2], 'out')),
    ],
    output: 'out',
  }
  withNetwork(graph, (network) => {
    const [x, x0] = [tensor([3, 4, 4, 2], 'image'), tensor([3, 4, 4, 2], 'baseline')]
    const difference = read(tf.sub(tf.slice(network.logits(x), [0, 1], [3, 1]), tf.slice(network.logits(x0), [0, 1], [3, 1])))
    for (const at of ['x', 'prelu', 'smaller', 'flat']) {
      const [maps] = contributions(network, x, [1, 1, 1], { rule, baseline: x0 }, [at])
      const sums = read(tf.sum(tf.reshape(maps!, [3, -1]), 1))
      expect(distance(sums, difference)).toBeLessThan(1e-5 * Math.max(1, ...difference.map(Math.abs)))
    }
  })
})
