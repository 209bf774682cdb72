import { createRandomness, Host, stackRows, type Attributer, type Model } from '@touchstone/core'
import { createNetwork, foldBatchNorm, inputGradient, modelFromNetwork, networkOf, type Graph, type Network } from '@touchstone/network'
import { convModel, denseModel, describeAttributer, networks } from '@touchstone/testkit'
import { deepGraph, dense, distance, input, matrix, read, relu, sumOf, tensor, vector, weight, withNetwork } from '@touchstone/testkit/graphs'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import plugin, { composites, lrpMap, relevance, type BiasHandling, type CompositeName, type CompositeTable, type LrpOptions } from './index.js'

beforeAll(async () => {
  await openEngine()
})

describeAttributer(plugin, 'lrp')
describe.each(['epsilon-gamma-box', 'epsilon-alpha2-beta1-flat'])('with %s', (composite) => describeAttributer(plugin, 'lrp', { composite, bias: 'redistributed' }))

const names = Object.keys(composites) as CompositeName[]

const maps = (network: Network, x: tf.Tensor, targets: readonly number[] | null, options: LrpOptions = {}, at?: readonly string[]) => read(relevance(network, x, targets, options, at)[0]!)
const image = (seed: number, rows = 2) => tensor([rows, 6, 6, 2], 'image', seed)
const seeds = fc.nat(1e6)

/** Options, defaults filled in, as in an evaluation. */
async function methodOf(options: Readonly<Record<string, unknown>>): Promise<Attributer> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('attributer', { use: 'lrp', options }, ['m'])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'))
  return host.open().create({ ...resolved, kind: 'attributer' })
}

async function attribute(model: Model, input_: readonly number[], options: Readonly<Record<string, unknown>> = {}, target = 0): Promise<number[]> {
  const inputs = stackRows([Float32Array.from(input_)], model.inputShape)
  return [...(await (await methodOf(options)).attribute({ model, inputs, targets: [target], randomness: [createRandomness(0, 'x')], batchRows: 64 })).data]
}

test.each(names)('%s goes through layers that move, enlarge and compare, and loses nothing there', (composite) => {
  const graph: Graph = {
    nodes: [
      input(4, 4, 2),
      { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([2, 2, 2, 4], 'conv') } },
      { op: 'prelu', id: 'prelu', inputs: ['conv'], weights: { alpha: vector([0.1, 0.2, 0.3, 0.4]) } },
      { op: 'upsample', id: 'nearest', inputs: ['prelu'], factors: [2, 2], method: 'nearest' },
      { op: 'upsample', id: 'bilinear', inputs: ['prelu'], factors: [2, 2], method: 'bilinear' },
      { op: 'maximum', id: 'larger', inputs: ['nearest', 'bilinear'] },
      { op: 'minimum', id: 'smaller', inputs: ['larger', 'bilinear'] },
      { op: 'transpose', id: 'turned', inputs: ['smaller'], axes: [1, 0, 2] },
      { op: 'reshape', id: 'flat', inputs: ['turned'], shape: [-1] },
      dense('out', 'flat', weight([144, 2], 'out')),
    ],
    output: 'out',
  }
  withNetwork(graph, (network) => {
    const [atDense, atConvolution] = relevance(network, tensor([2, 4, 4, 2], 'image'), [0, 1], { composite }, ['flat', 'conv']).map((maps) => read(tf.sum(maps, maps.shape.map((_, axis) => axis).slice(1))))
    expect(distance(atConvolution!, atDense!)).toBeLessThan(1e-4 * Math.max(1, ...atDense!.map(Math.abs)))
  })
})

// Numbers of Captum's own tests (tests/attr/test_lrp.py of pytorch/captum): SimpleLRPModel, with the first weight at -2 or 2, without biases.
describe('the numbers of Captum', () => {
  const simple = (first: number): Graph => ({ nodes: [input(3), dense('linear', 'x', matrix([[first, 2, 2], [2, 2, 2], [2, 2, 2]])), relu('relu', 'linear'), dense('linear2', 'relu', matrix([[3], [3], [3]]))], output: 'linear2' })
  const cases: readonly (readonly [string, number, readonly number[], LrpOptions, readonly number[]])[] = [
    ['epsilon', 2, [1, 2, 3], {}, [18, 36, 54]],
    ['epsilon, second row', 2, [3, 6, 9], {}, [54, 108, 162]],
    ['gamma', -2, [1, 2, 3], { composite: [{ for: 'linear', rule: 'gamma', options: { gamma: 1 } }, { for: 'linear2', rule: 'gamma', options: { gamma: 0.25 } }] }, [28 / 3, 104 / 3, 52]],
    ['alpha 1, beta 0', -2, [1, 2, 3], { composite: [{ for: 'weighted', rule: 'alpha-beta', options: { alpha: 1, beta: 0 } }] }, [12, 33.6, 50.4]],
    ['identity', -2, [1, 2, 3], { composite: [{ for: 'linear', rule: 'pass' }, { for: 'weighted', rule: 'epsilon' }] }, [24, 36, 36]],
  ]
  test.each(cases)('%s', (_, first, x, options, expected) => {
    withNetwork(simple(first), (network) => expect(distance(maps(network, tf.tensor([[...x]]), [0], options), expected)).toBeLessThan(1e-6))
  })

  test('tanh passes relevance on', () => {
    const kernel = (columns: number) => matrix([0, 1, 2].map(() => new Array<number>(columns).fill(0.1)))
    const graph: Graph = { nodes: [input(3), dense('linear', 'x', kernel(3)), { op: 'activation', name: 'tanh', id: 'tanh', inputs: ['linear'] }, dense('linear2', 'tanh', kernel(1))], output: 'linear2' }
    withNetwork(graph, (network) => expect(distance(maps(network, tf.tensor([[1, 2, 3]]), [0]), [0.02685247834990176, 0.05370495669980352, 0.08055743504970528])).toBeLessThan(1e-5))
  })

  test('max-pooling, of which the largest takes all, the first of several', () => {
    withNetwork({ nodes: [input(2, 2, 1), { op: 'global-max-pool', id: 'pool', inputs: ['x'] }], output: 'pool' }, (network) => {
      expect(maps(network, tf.tensor([1, 2, 5, 6], [1, 2, 2, 1]), [0])).toEqual([0, 0, 0, 6])
      expect(maps(network, tf.tensor([6, 2, 6, 6], [1, 2, 2, 1]), [0])).toEqual([6, 0, 0, 0])
    })
  })
})

test('epsilon is input x gradient on networks of ReLUs, with biases too', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, bias) => {
      withNetwork(deepGraph({ bias, seed }), (network) => {
        const x = image(seed)
        expect(distance(maps(network, x, [0, 2]), read(tf.mul(x, inputGradient(network, x, [0, 2]))))).toBeLessThan(1e-4)
      })
    }),
    { numRuns: 20, seed: 1 },
  )
})

test('epsilon is input x gradient on the conv model of the testkit', async () => {
  const model = await convModel(3)
  const network = networkOf(model)
  tf.tidy(() => {
    const x = tensor([3, 8, 8, 2], 'x')
    expect(distance(read(lrpMap()(network, x, [0, 1, 2])), read(tf.mul(x, inputGradient(network, x, [0, 1, 2]))))).toBeLessThan(1e-4)
  })
})

test.each(names)('without biases %s conserves the logit, at every layer', (composite) => {
  fc.assert(
    fc.property(seeds, (seed) => {
      withNetwork(deepGraph({ bias: false, seed }), (network) => {
        const x = image(seed, 1)
        const logit = read(network.logits(x))[1]!
        const options = { composite, low: -5, high: 5, epsilon: 1e-9 }
        for (const at of relevance(network, x, [1], options, ['x', 'sum', 'relu3'])) {
          const values = read(at)
          expect(Math.abs(sumOf(values) - logit)).toBeLessThan(1e-3 * Math.max(1, ...values.map(Math.abs)))
        }
      })
    }),
    { numRuns: 8, seed: 3 },
  )
})

test('with biases left out, or redistributed, relevance is conserved where kept ones take their share', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom('epsilon', 'gamma'), (seed, rule) => {
      // Without sums and means: of nothing but zeros they have no contributions to hand relevance on by.
      const graph: Graph = { nodes: [input(6), dense('hidden', 'x', weight([6, 8], 'h', seed), weight([8], 'hb', seed)), relu('relu', 'hidden'), dense('out', 'relu', weight([8, 3], 'o', seed), weight([3], 'ob', seed))], output: 'out' }
      withNetwork(graph, (network) => {
        const x = tensor([1, 6], 'x', seed)
        const logit = read(network.logits(x))[0]!
        const lost = (bias: BiasHandling) => {
          const found = maps(network, x, [0], { composite: [{ for: 'weighted', rule: rule as 'epsilon' }], bias })
          return Math.abs(sumOf(found) - logit) / Math.max(1, ...found.map(Math.abs))
        }
        expect(lost('kept')).toBeGreaterThan(1e-4)
        for (const bias of ['excluded', 'redistributed'] as const) expect(lost(bias)).toBeLessThan(1e-4)
      })
    }),
    { numRuns: 20, seed: 5 },
  )
})

test('normalisations are folded before any rule', () => {
  const graph = deepGraph({ bias: true, batchNorm: true, seed: 4 })
  withNetwork(graph, (network) => {
    const folded = createNetwork(foldBatchNorm(graph))
    expect(folded.graph.places.some(({ node }) => node.op === 'batch-norm')).toBe(false)
    const x = image(4)
    for (const composite of names) {
      const [found, before, after] = relevance(network, x, [0, 1], { composite }, ['x', 'conv1', 'norm1'])
      expect(distance(read(found!), maps(folded, x, [0, 1], { composite })), composite).toBeLessThan(1e-4)
      expect(read(before!), 'what is before a folded normalisation has the relevance of what is behind').toEqual(read(after!))
    }
    // Tables may name either.
    const table = (layer: string): CompositeTable => [{ for: { layer }, rule: 'z-plus' }, { for: 'weighted', rule: 'epsilon' }]
    expect(maps(network, x, [0, 1], { composite: table('conv1') })).toEqual(maps(network, x, [0, 1], { composite: table('norm1') }))
    // The weights of now count, not those of the graph.
    const moved = network.withWeights(network.weights.map(({ tensor: t }) => tf.mul(t, 1.1)))
    expect(distance(maps(moved, x, [0, 1]), read(tf.mul(x, inputGradient(moved, x, [0, 1]))))).toBeLessThan(1e-4)
    const rows = network.rowsRun()
    maps(network, x, [0, 1])
    expect(network.rowsRun() - rows).toBe(2)
    folded.dispose()
  })
})

test('a normalisation that cannot be folded passes relevance on', () => {
  const graph: Graph = { nodes: [input(2), { op: 'batch-norm', id: 'norm', inputs: ['x'], weights: { scale: vector([2, 3]), shift: vector([-2, 5]) } }, dense('out', 'norm', matrix([[1, 2], [3, 4]]))], output: 'out' }
  withNetwork(graph, (network) => {
    const [atInput, atNorm] = relevance(network, tf.tensor([[1, 2]]), [0], {}, ['x', 'norm'])
    expect(read(atInput!)).toEqual(read(atNorm!))
    expect(read(atInput!)).toEqual([0, 33])
  })
})

test('any network of the testkit has relevance by any composite: finite, the same for a row alone', () => {
  fc.assert(
    fc.property(networks(), fc.constantFrom(...names), (graph, composite) => {
      withNetwork(graph, (network) => {
        const x = tensor([3, ...network.inputShape], 'x')
        const whole = maps(network, x, [0, 1, 1], { composite })
        expect(whole.every(Number.isFinite)).toBe(true)
        const size = whole.length / 3
        expect(maps(network, tf.slice(x, 1, 1), [1], { composite })).toEqual(whole.slice(size, 2 * size))
      })
    }),
    { numRuns: 40, seed: 2 },
  )
})

test('the factors of a product share, and every input of a network gets its relevance', () => {
  const graph: Graph = {
    nodes: [{ op: 'input', id: 'a', inputs: [], shape: [2, 2] }, { op: 'input', id: 'b', inputs: [], shape: [1, 2] }, { op: 'multiply', id: 'product', inputs: ['a', 'b'] }, { op: 'reshape', id: 'flat', inputs: ['product'], shape: [-1] }, dense('out', 'flat', matrix([[1], [1], [1], [1]]))],
    output: 'out',
  }
  withNetwork(graph, (network) => {
    const [a, b] = relevance(network, [tf.tensor([[[1, 2], [3, 4]]]), tf.tensor([[[10, 1]]])], null)
    expect(distance(read(a!), [5, 1, 15, 2])).toBeLessThan(1e-6)
    expect(distance(read(b!), [20, 3])).toBeLessThan(1e-6)
  })
})

test('by its options: a table, the box, and what starts', async () => {
  const model = await denseModel([{ kernel: [[3, 0], [1, 2]], bias: [0, 0] }, { kernel: [[1, 0], [0, 1]], bias: [0, 0] }])
  expect(distance(await attribute(model, [1, 2]), [3, 2])).toBeLessThan(1e-6)
  expect(distance(await attribute(model, [1, 2], { start: 'one' }), [0.6, 0.4])).toBeLessThan(1e-6)
  const composite = [{ for: 'first', rule: 'flat' }, { for: 'last', rule: 'epsilon', options: { epsilon: 5 } }]
  expect(distance(await attribute(model, [1, 2], { composite }), [1.25, 1.25])).toBeLessThan(1e-6)
  expect(distance(await attribute(model, [1, 2], { composite: [{ for: 'first', rule: 'z-box' }, { for: 'dense', rule: '0' }], low: 0, high: [4, 4] }), [3, 2])).toBeLessThan(1e-6)
})

test.each([
  [{ composite: 'epsilon-minus' }, 'composite: expected one of epsilon, epsilon-plus, '],
  [{ composite: [{ for: 'dense', rule: 'gama' }] }, 'composite: entry 0: rule: expected the name of a rule; did you mean "gamma"?'],
  [{ composite: [{ for: 'dense', rule: 'flat' }, { rule: 'flat' }] }, 'composite: entry 1: for: expected a kind of layer'],
  [{ composite: [{ for: 'dense', rules: 'flat' }] }, 'composite: entry 0: "rules" is not known'],
  [{ composite: [{ for: 'dense', rule: 'alpha-beta', options: { alpha: 3 } }] }, 'expected alpha - beta = 1, so that relevance is conserved, found 3 - 1'],
  [{ composite: [{ for: 'dense', rule: 'epsilon', options: { epsilon: 0 } }] }, 'options.epsilon: expected a number above 0'],
  [{ composite: [{ for: 'dense', rule: 'epsilon', options: { slope: 1 } }] }, 'options: "slope" is not known'],
  [{ epsilon: 0 }, 'epsilon: expected a number above 0, found 0'],
  [{ gamma: -1 }, 'gamma: expected at least 0'],
  [{ bias: 'lost' }, 'bias: expected kept, excluded or redistributed'],
  [{ start: 2 }, 'start: expected logit or one'],
  [{ low: 1, high: [2, 1] }, 'high: expected more than low, which is 1, found 1'],
])('the options %j are refused before any work', async (options, message) => {
  await expect(methodOf(options)).rejects.toThrow(message)
})

test('what does not fit the network is told by the name of the layer', async () => {
  const model = modelFromNetwork(createNetwork(deepGraph({ bias: true })), { dispose: true })
  const of = (composite: unknown, others = {}) => attribute(model, new Array<number>(72).fill(1), { composite, ...others })
  await expect(of([{ for: 'dense', rule: 'epsilon' }])).rejects.toThrow(`the composite leaves layer "conv1" (conv2d) without a rule: add an entry for it, as in { for: 'conv2d', rule: 'epsilon' }`)
  await expect(of([{ for: 'weighted', rule: 'epsilon' }, { for: 'hiden', rule: 'flat' }])).rejects.toThrow('for "hiden", which is neither a layer of the network nor a kind of layer; did you mean "hidden"')
  await expect(of([{ for: 'add', rule: 'z-plus' }, { for: 'weighted', rule: 'epsilon' }])).rejects.toThrow('the rule "z-plus" is not made for layer "sum" (add), only for dense, conv2d, depthwise-conv2d')
  await expect(of('epsilon-gamma-box', { low: [0, 0, 0] })).rejects.toThrow('lrp: low of the z-box rule at layer "conv1" has 3 values, but its input has 2 channels')
  await expect(attribute(model, new Array<number>(72).fill(1), {}, 3)).rejects.toThrow('there is no output 3: the network has 3')
  await expect(attribute({ ...model, capabilities: {} }, new Array<number>(72).fill(1))).rejects.toThrow('use a model with a network')
  await model.dispose?.()
})

test('maps can be differentiated where the network is smooth', () => {
  const graph: Graph = { nodes: [input(4), dense('hidden', 'x', weight([4, 5], 'h'), weight([5], 'hb')), { op: 'activation', name: 'softplus', id: 'soft', inputs: ['hidden'] }, dense('out', 'soft', weight([5, 2], 'o'), weight([2], 'ob'))], output: 'out' }
  const network = createNetwork(graph)
  const [x, direction] = [tensor([1, 4], 'x'), tensor([1, 4], 'direction')]
  for (const rule of ['epsilon', 'gamma', 'z-plus', 'alpha-beta', 'z-box'] as const) {
    const f = (at: tf.Tensor): tf.Scalar => tf.sum(tf.square(lrpMap({ composite: [{ for: 'weighted', rule }], low: -3, high: 3 })(network, at, [0])))
    const slope = sumOf(read(tf.mul(tf.grad(f)(x), direction)))
    const at = (h: number) => read(f(tf.add(x, tf.mul(direction, h))))[0]!
    const h = 1e-3
    expect(Math.abs(slope - (at(h) - at(-h)) / (2 * h)), rule).toBeLessThan(0.02 * Math.max(1, Math.abs(slope)))
  }
})
