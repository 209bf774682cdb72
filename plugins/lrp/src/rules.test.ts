import { createNetwork, type Graph, type GraphNode } from '@touchstone/network'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { relevance, type BiasHandling, type CompositeTable, type RuleName } from './index.js'
import { dense, distance, input, matrix, normals, read, relu, sumOf, tensor, vector, weight } from './graphs.test.data.js'
import { ruleDefaults } from './rules/options.js'
import { twin } from './twin.test.data.js'

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
      tf.tidy(() => {
        const sizes = [5, 6, 4, 3]
        const layers = [0, 1, 2].map((i) => ({ kernel: weight([sizes[i]!, sizes[i + 1]!], `kernel ${i}`, seed), bias: weight([sizes[i + 1]!], `bias ${i}`, seed) }))
        const nodes: GraphNode[] = [input(5)]
        layers.forEach((layer, i) => nodes.push(dense(`dense${i}`, i === 0 ? 'x' : `relu${i - 1}`, layer.kernel, layer.bias), relu(`relu${i}`, `dense${i}`)))
        const network = createNetwork({ nodes, output: 'dense2' })
        const options = { ...ruleDefaults, bias, epsilon: 0.05, low: -4, high: 4, gamma: 0.3 }
        // In the middle: the rule for one layer, epsilon for those around it.
        const ruleOf = (i: number): RuleName => (!middle || i === 1 ? rule : 'epsilon')
        const x = normals([5], 'x', seed)
        const found = relevance(network, tf.tensor(x, [1, 5]), [1], { composite: layers.map((_, i) => ({ for: `dense${i}`, rule: ruleOf(i) })), ...options })[0]!

        const values: number[][] = [[...x]]
        const rows = (kernel: (typeof layers)[0]['kernel']) => Array.from({ length: kernel.shape[0]! }, (_, i) => [...kernel.data.subarray(i * kernel.shape[1]!, (i + 1) * kernel.shape[1]!)])
        layers.forEach((layer) => {
          const from = values.length === 1 ? values[0]! : values.at(-1)!.map((v) => Math.max(v, 0))
          values.push([...layer.bias.data].map((b, k) => sumOf(from.map((v, i) => v * rows(layer.kernel)[i]![k]!)) + b))
        })
        let R = values[3]!.map((v, k) => (k === 1 ? v : 0))
        for (const i of [2, 1, 0]) R = twin(ruleOf(i), i === 0 ? values[0]! : values[i]!.map((v) => Math.max(v, 0)), rows(layers[i]!.kernel), [...layers[i]!.bias.data], R, options)
        // Relevance that is nearly cancelled, or divided by nearly nothing, has fewer digits.
        expect(distance(read(found), R)).toBeLessThan(2e-3)
        network.dispose()
      })
    }),
    { numRuns: 150, seed: 7 },
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
