import { flattenNested, isNested, nestedShape, UserError } from '@touchstone/core'
import type { ActivationName, Graph, GraphNode, Pair, Weight } from '@touchstone/network'
import type { CaseModel, CaseNode } from './case-file.js'

/**
 * A case's model as a graph of layers, under the same names.
 * @param shapes of a row of each input
 * @throws UserError for a node that is not understood.
 */
export function graphOfCase({ inputs, nodes, output }: CaseModel, shapes: readonly (readonly number[])[]): Graph {
  if (shapes.length !== inputs.length) throw new UserError(`its model has ${inputs.length} inputs (${inputs.join(', ')}), but the case gives ${shapes.length}`)
  return { nodes: [...inputs.map((id, index): GraphNode => ({ op: 'input', id, inputs: [], shape: shapes[index]! })), ...nodes.map(layerOf)], output }
}

function layerOf(node: CaseNode): GraphNode {
  const { id, op, in: inputs } = node
  const base = { id, inputs }
  switch (op) {
    case 'dense':
      return { ...base, op: 'dense', weights: { kernel: required(node, 'kernel'), bias: weight(node, 'bias') } }
    case 'conv2d':
      return { ...base, op: 'conv2d', weights: { kernel: required(node, 'kernel'), bias: weight(node, 'bias') }, strides: pair(node, 'strides', [1, 1]), padding: padding(node) }
    case 'flatten':
      return { ...base, op: 'reshape', shape: [-1] }
    case 'concat':
      return { ...base, op: 'concat' }
    case 'affine':
      return { ...base, op: 'affine', weights: { scale: weight(node, 'scale'), shift: weight(node, 'shift') } }
    case 'linear_combination':
      return { ...base, op: 'linear-combination', coefficients: numbers(node, 'coefs'), constant: (node.const ?? 0) as number }
    case 'max_features':
      return { ...base, op: 'global-max-pool', axes: [-1], keepAxes: true }
    case 'global_max2d':
      return { ...base, op: 'global-max-pool' }
    case 'max_pool2d':
    case 'avg_pool2d': {
      const size = pair(node, 'size', [2, 2])
      return { ...base, op: op === 'max_pool2d' ? 'max-pool' : 'average-pool', size, strides: pair(node, 'strides', size), padding: padding(node) }
    }
    case 'add':
    case 'multiply':
    case 'softmax':
      return { ...base, op }
    default:
      return { ...base, op: 'activation', name: activation(node) }
  }
}

const activations: readonly ActivationName[] = ['relu', 'tanh', 'sigmoid', 'softplus', 'elu', 'selu', 'leaky-relu', 'swish', 'softsign', 'exponential', 'linear']

function activation({ id, op }: CaseNode): ActivationName {
  return activations.find((name) => name === op.replaceAll('_', '-')) ?? refuse(id, `the op "${op}" is not known`)
}

function weight(node: CaseNode, field: string): Weight | undefined {
  const value = node[field]
  if (value === undefined || value === null) return undefined
  return isNested(value) ? { shape: nestedShape(value)!, data: Float32Array.from(flattenNested(value)) } : refuse(node.id, `its "${field}" should be a number or lists of numbers, all of one length`)
}

function required(node: CaseNode, field: string): Weight {
  return weight(node, field) ?? refuse(node.id, `"${field}" is missing`)
}

function numbers(node: CaseNode, field: string): readonly number[] {
  const value = node[field]
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : refuse(node.id, `its "${field}" should be a list of numbers`)
}

function pair(node: CaseNode, field: string, fallback: Pair): Pair {
  if (node[field] === undefined) return fallback
  const [height, width, ...more] = numbers(node, field)
  return height !== undefined && width !== undefined && more.length === 0 ? [height, width] : refuse(node.id, `its "${field}" should be two numbers, for height and width`)
}

function padding({ id, padding: value = 'valid' }: CaseNode): 'same' | 'valid' {
  return value === 'same' || value === 'valid' ? value : refuse(id, `its "padding" should be "same" or "valid"`)
}

function refuse(id: string, problem: string): never {
  throw new UserError(`node "${id}": ${problem}`)
}
