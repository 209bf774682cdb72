import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { checkGraph, createNetwork, type Graph, type GraphNode } from '../index.js'
import { weight } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

const input: GraphNode = { op: 'input', id: 'x', inputs: [], shape: [4] }
const image: GraphNode = { op: 'input', id: 'x', inputs: [], shape: [5, 5, 2] }
const dense: GraphNode = { op: 'dense', id: 'out', inputs: ['x'], weights: { kernel: weight([4, 2]), bias: weight([2]) } }
const conv = { op: 'conv2d', id: 'out', inputs: ['x'], strides: [1, 1], padding: 'valid' } as const
const graph = (...nodes: object[]): Graph => ({ nodes: nodes as GraphNode[], output: 'out' })

test('nodes come in order, whatever order they are given in, without those that the output does not need', () => {
  const { places, inputs } = checkGraph(graph({ op: 'add', id: 'out', inputs: ['a', 'x'] }, { op: 'activation', name: 'relu', id: 'unused', inputs: ['a'] }, { op: 'activation', name: 'relu', id: 'a', inputs: ['x'] }, input))
  expect(places.map(({ node }) => node.id)).toEqual(['x', 'a', 'out'])
  expect(inputs).toEqual(['x'])
})

test('a graph of ten thousand layers is put in order', () => {
  const nodes = Array.from({ length: 10_000 }, (_, i): object => ({ op: 'identity', id: i === 9999 ? 'out' : `n${i}`, inputs: [i === 0 ? 'x' : `n${i - 1}`] }))
  expect(checkGraph(graph(...nodes.toReversed(), input)).places).toHaveLength(10_001)
})

test.each<[string, Graph, string]>([
  ['an unknown kind', graph(input, { op: 'attention', id: 'out', inputs: ['x'] }), 'layer "out" is of the unknown kind "attention"'],
  ['an unknown activation', graph(input, { op: 'activation', id: 'out', inputs: ['x'], name: 'squish' }), 'layer "out" (activation): there is no activation "squish"'],
  ['a cycle', graph(input, { op: 'add', id: 'out', inputs: ['x', 'b'] }, { op: 'identity', id: 'b', inputs: ['out'] }), 'the layers form a cycle: "b" depends on itself through "out"'],
  ['an input that is not there', graph(input, { op: 'identity', id: 'out', inputs: ['y'] }), 'layer "out" takes its input from "y", which is not there'],
  ['an output that is not there', graph(input), 'the output "out" is not there'],
  ['two layers of one name', graph(input, input, dense), 'two layers have the name "x"'],
  ['no input', graph({ op: 'add', id: 'out', inputs: [] }), 'layer "out" (add): expected at least one input'],
  ['missing weights', graph(input, { op: 'dense', id: 'out', inputs: ['x'], weights: {} }), 'layer "out" (dense): its weight "kernel" is missing'],
  ['weights of the wrong shape', graph(input, { ...dense, weights: { kernel: weight([3, 2]) } }), 'layer "out" (dense): expected "kernel" of shape [4, any], found [3, 2]'],
  ['a bias of the wrong size', graph(input, { ...dense, weights: { kernel: weight([4, 2]), bias: weight([3]) } }), 'expected "bias" of shape [2], found [3]'],
  ['too few values', graph(input, { ...dense, weights: { kernel: { shape: [4, 2], data: new Float32Array(7) } } }), 'weight "out/kernel" has 7 values, but its shape [4, 2] wants 8'],
  ['NaN', graph(input, { ...dense, weights: { kernel: { shape: [4, 2], data: new Float32Array(8).fill(NaN) } } }), 'weight "out/kernel" holds values that are not finite numbers'],
  ['an open shape', graph({ ...input, shape: [NaN] }, { op: 'identity', id: 'out', inputs: ['x'] }), 'layer "x" has no fixed shape, or an empty one: [?]'],
  ['an image too small for its kernel', graph(image, { ...conv, weights: { kernel: weight([7, 3, 2, 1]) } }), 'its kernel of 7 x 3 is larger than its input of 5 x 5'],
  ['channels that do not fit', graph(image, { ...conv, weights: { kernel: weight([3, 3, 4, 1]) } }), 'expected "kernel" of shape [any, any, 2, any], found [3, 3, 4, 1]'],
  ['a row where an image is wanted', graph(input, { ...conv, weights: { kernel: weight([3, 3, 2, 1]) } }), 'expected an input of 3 axes, found [4]'],
  ['a window that is too large', graph(image, { op: 'max-pool', id: 'out', inputs: ['x'], size: [6, 6], strides: [1, 1], padding: 'valid' }), 'its window of 6 x 6 is larger than its input of 5 x 5'],
  ['shapes that do not add', graph(input, { ...image, id: 'i' }, { op: 'add', id: 'out', inputs: ['x', 'i'] }), 'its inputs have shapes that do not fit: [4], [5, 5, 2]'],
  ['shapes that do not join', graph(image, { op: 'input', id: 'y', inputs: [], shape: [4, 5, 2] }, { op: 'concat', id: 'out', inputs: ['x', 'y'] }), 'inputs of shapes [5, 5, 2], [4, 5, 2] cannot be joined along axis 2'],
  ['a reshape to another size', graph(input, { op: 'reshape', id: 'out', inputs: ['x'], shape: [3, -1] }), 'rows of shape [4] cannot take the shape [3, -1]'],
  ['a scale that does not fit', graph(input, { op: 'affine', id: 'out', inputs: ['x'], weights: { scale: weight([3]) } }), '"scale" of shape [3] does not fit rows of shape [4]'],
  ['coefficients that are missing', graph(input, { op: 'linear-combination', id: 'out', inputs: ['x'], coefficients: [] }), 'expected a coefficient for each of its 1 inputs, found 0'],
])('%s is one clear error, which says what would work where the model may still predict', (_name, broken, message) => {
  const tensors = tf.memory().numTensors
  const create = () => createNetwork(broken)
  expect(create).toThrow(expect.objectContaining({ name: 'UserError' }) as Error)
  expect(create).toThrow(message)
  if (message.includes('unknown kind')) expect(create).toThrow('methods that ask for outputs alone would work')
  else expect(create).not.toThrow('would work')
  expect(tf.memory().numTensors).toBe(tensors)
})
