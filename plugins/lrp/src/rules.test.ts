import { checkGraph, createNetwork, foldBatchNorm, type Graph, type GraphNode } from '@touchstone/network'
import { networks } from '@touchstone/testkit'
import { dense, distance, input, matrix, normals, read, relu, tensor, vector, weight, withNetwork } from '@touchstone/testkit/graphs'
import { lrpTwin, type LrpTwinRule } from '@touchstone/testkit/twins'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { base } from './composites/base.js'
import { composites, relevance, type BiasHandling, type CompositeName, type CompositeTable, type LayerChoice, type RuleName } from './index.js'
import { ruleDefaults } from './rules/options.js'

beforeAll(async () => {
  await openEngine()
})

const kernelRules = ['0', 'epsilon', 'gamma', 'z-plus', 'alpha-beta', 'z-box', 'w-square', 'flat'] as const satisfies RuleName[]
const biases = ['kept', 'excluded', 'redistributed'] as const satisfies BiasHandling[]
const everywhere = (rule: RuleName): CompositeTable => [{ for: 'weighted', rule }]

const oneLayer = (kernel: readonly (readonly number[])[], bias: readonly number[]): Graph => ({ nodes: [input(kernel.length), dense('out', 'x', matrix(kernel), vector(bias))], output: 'out' })

// Inputs (1, -2), one output of weights (3, 1) and bias 1: contributions 3 and -2, z = 2.
test.each([
  ['epsilon', {}, [3, -2]],
  ['epsilon', { bias: 'excluded' }, [6, -4]],
  ['epsilon', { bias: 'redistributed' }, [3.5, -1.5]],
  ['epsilon', { epsilon: 2 }, [1.5, -1]],
  // z > 0: 1 (3 + 3 g) = 6 and -2 (1 + 0) = -2 with g = 1, bias 2: z = 6.
  ['gamma', { gamma: 1 }, [2, -2 / 3]],
  // 3 and bias 1: z = 4.
  ['z-plus', {}, [1.5, 0]],
  ['z-plus', { bias: 'redistributed' }, [1.75, 0.25]],
  // 2 (3 / 4) 2 and -1 (-2 / -2) 2.
  ['alpha-beta', {}, [3, -2]],
  // In the box from -2 to 2: 3 + 6 = 9 and -2 + 2 = 0.
  ['z-box', { low: -2, high: 2 }, [2, 0]],
  ['z-box', { low: [-2, -3], high: [2, 3] }, [1.8, 0.2]],
  // 9, 1 and bias 1.
  ['w-square', {}, [18 / 11, 2 / 11]],
  ['flat', {}, [1, 1]],
] as const)('%s with %j, worked out by hand', (rule, options, expected) => {
  tf.tidy(() => {
    const network = createNetwork(oneLayer([[3], [1]], [1]))
    expect(distance(read(relevance(network, tf.tensor([[1, -2]]), null, { composite: everywhere(rule), ...options })[0]!), expected)).toBeLessThan(1e-6)
    network.dispose()
  })
})

test('gamma counts contributions of the sign of the output, also below 0', () => {
  // (1, -2) by (-3, 1): contributions -3 and -2, z = -5; all are preferred alike, the bias of 4 is not: -6, -4 and 4.
  tf.tidy(() => {
    const network = createNetwork(oneLayer([[-3], [1]], [4]))
    expect(distance(read(relevance(network, tf.tensor([[1, -2]]), null, { composite: everywhere('gamma'), gamma: 1 })[0]!), [(-6 / -6) * -1, (-4 / -6) * -1])).toBeLessThan(1e-6)
    network.dispose()
  })
})

test('alpha is 1 where an output has no negative part', () => {
  tf.tidy(() => {
    // The first output has none, the second has: 2 (1 / 1) 1 + ..., at inputs (1, 1).
    const network = createNetwork(oneLayer([[1, 3], [2, -1]], [0, 0]))
    const composite = everywhere('alpha-beta')
    expect(distance(read(relevance(network, tf.tensor([[1, 1]]), [0], { composite })[0]!), [1, 2])).toBeLessThan(1e-6)
    expect(distance(read(relevance(network, tf.tensor([[1, 1]]), [1], { composite })[0]!), [4, -2])).toBeLessThan(1e-6)
    network.dispose()
  })
})

test('every rule with every way with biases agrees with its slow twin, on networks of dense layers', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.constantFrom(...kernelRules), fc.constantFrom(...biases), fc.boolean(), (seed, rule, bias, middle) => {
      const sizes = [5, 6, 4, 3]
      const nodes: GraphNode[] = [input(5)]
      for (const i of [0, 1, 2]) nodes.push(dense(`dense${i}`, i === 0 ? 'x' : `relu${i - 1}`, weight([sizes[i]!, sizes[i + 1]!], `kernel ${i}`, seed), weight([sizes[i + 1]!], `bias ${i}`, seed)), relu(`relu${i}`, `dense${i}`))
      const graph: Graph = { nodes, output: 'dense2' }
      const options = { ...ruleDefaults, bias, epsilon: 0.05, low: -4, high: 4, gamma: 0.3 }
      // In the middle: the rule for one layer, epsilon for those around it.
      const ruleOf = (i: number): RuleName => (!middle || i === 1 ? rule : 'epsilon')
      const x = normals([5], 'x', seed)
      const composite = [0, 1, 2].map((i) => ({ for: `dense${i}`, rule: ruleOf(i) }))
      const expected = lrpTwin(graph, { x }, 1, ({ id }) => ({ ...options, rule: composite.find((entry) => entry.for === id)?.rule ?? 'pass' })).get('x')!
      withNetwork(graph, (network) => {
        const found = relevance(network, tf.tensor(x, [1, 5]), [1], { composite, ...options })[0]!
        // Relevance that is nearly cancelled, or divided by nearly nothing, has fewer digits.
        expect(distance(read(found), expected)).toBeLessThan(2e-3)
      })
    }),
    { numRuns: 150, seed: 7 },
  )
})

test.each(Object.keys(composites) as CompositeName[])('%s agrees with the slow twin on networks of all kinds of layers', (composite) => {
  const { table } = composites[composite]
  const chosen = [...table, ...base]
  fc.assert(
    fc.property(networks(), fc.constantFrom(...biases), (graph, bias) => {
      // Larger than by default: relevance that is divided by nearly nothing differs in all digits.
      const options = { ...ruleDefaults, bias, epsilon: 0.1, low: -4, high: 4 }
      // What goes by the name of the normalisation that it was folded into.
      const kernels = checkGraph(foldBatchNorm(graph)).places.filter(({ weighted }) => weighted).map(({ node }) => node)
      const isFor = (choice: LayerChoice, { id, op }: GraphNode): boolean => {
        if (choice === 'weighted') return kernels.some((kernel) => kernel.id === id)
        if (choice === 'convolution') return op === 'conv2d' || op === 'depthwise-conv2d'
        if (choice === 'first') return id === kernels[0]!.id
        if (choice === 'first-convolution') return id === kernels.find((kernel) => kernel.op !== 'dense')?.id
        return op === choice
      }
      const ruleOf = (node: GraphNode): LrpTwinRule | undefined => {
        const entry = chosen.find((one) => isFor(one.for, node))
        return entry && { ...options, ...entry.options, rule: entry.rule }
      }
      const x = normals(checkGraph(graph).placeOf('input').shape, 'x')
      const expected = lrpTwin(graph, { input: x }, 1, ruleOf).get('input')!
      withNetwork(graph, (network) => {
        const found = relevance(network, tf.tensor(x, [1, ...network.inputShape]), [1], { composite, ...options })[0]!
        expect(distance(read(found), expected)).toBeLessThan(2e-3)
      })
    }),
    { numRuns: 25 },
  )
})

test.each(['conv2d', 'depthwise-conv2d'] as const)('on %s every rule gives what it gives on the same linear map as a dense layer', (op) => {
  tf.tidy(() => {
    const kernel = op === 'conv2d' ? weight([3, 3, 2, 4], 'k') : weight([3, 3, 2, 2], 'k')
    const conv = (bias?: Float32Array): Graph => ({
      nodes: [input(5, 4, 2), { op, id: 'conv', inputs: ['x'], strides: [2, 1], padding: 'same', weights: { kernel, ...(bias && { bias: { shape: [4], data: bias } }) } }],
      output: 'conv',
    })
    const bias = normals([4], 'b')
    const columns = createNetwork(conv()).logits(tf.reshape(tf.eye(40), [40, 5, 4, 2]))
    const outputs = columns.size / 40
    const asDense = createNetwork({ nodes: [input(40), dense('out', 'x', { shape: [40, outputs], data: Float32Array.from(read(columns)) }, { shape: [outputs], data: Float32Array.from({ length: outputs }, (_, i) => bias[i % 4]!) })], output: 'out' })
    const x = tensor([2, 5, 4, 2], 'x')
    for (const rule of ['epsilon', 'gamma', 'z-plus', 'alpha-beta', 'z-box', 'w-square'] as const)
      for (const handling of ['kept', 'excluded'] as const) {
        const options = { composite: everywhere(rule), bias: handling, low: -3, high: 3, epsilon: 1e-2 }
        const [image, flat] = [relevance(createNetwork(conv(bias)), x, [7, 20], options)[0]!, relevance(asDense, tf.reshape(x, [2, 40]), [7, 20], options)[0]!]
        expect(distance(read(image), read(flat)), `${rule}, ${handling}`).toBeLessThan(1e-4)
      }
  })
})

test('the flat rule gives to inputs alone, not to zeros around the image', () => {
  tf.tidy(() => {
    const network = createNetwork({ nodes: [input(3, 3, 1), { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'same', weights: { kernel: weight([3, 3, 1, 1], 'k'), bias: vector([1]) } }], output: 'conv' })
    // The corner sees four inputs.
    expect(read(relevance(network, tensor([1, 3, 3, 1], 'x'), [0], { composite: everywhere('flat'), start: 'one' })[0]!)).toEqual([0.25, 0.25, 0, 0.25, 0.25, 0, 0, 0, 0])
  })
})
