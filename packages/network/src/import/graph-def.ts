import { isRecord, UserError } from '@touchstone/core'
import { GraphError } from '../graph/graph-error.js'
import type { Weight } from '../graph/node.js'
import type { Shape } from '../graph/check.js'

/** A node of a TensorFlow graph as converted to JSON. */
export interface GraphDefNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<Record<string, Attribute | undefined>>
}

/** An attribute in protobuf's JSON: one member is set. Numbers come as text, text as base64. */
interface Attribute {
  readonly s?: string
  readonly i?: string | number
  readonly f?: string | number
  readonly b?: boolean
  readonly list?: { readonly i?: readonly (string | number)[]; readonly s?: readonly string[] }
  readonly shape?: { readonly dim?: readonly { readonly size?: string | number }[]; readonly unknownRank?: boolean }
}

/** The nodes of a graph-model's topology by name. @throws UserError for what is no such topology. */
export function parseTopology(topology: unknown): ReadonlyMap<string, GraphDefNode> {
  const nodes = isRecord(topology) ? topology.node : undefined
  const wellFormed =
    Array.isArray(nodes) &&
    nodes.every((node: unknown) => isRecord(node) && typeof node.name === 'string' && typeof node.op === 'string' && (node.input === undefined || (Array.isArray(node.input) && node.input.every((name) => typeof name === 'string'))))
  if (!wellFormed) throw new UserError('expected the modelTopology of a tfjs graph-model, found no list of nodes in it')
  return new Map((nodes as GraphDefNode[]).map((node) => [node.name, node]))
}

/** The nodes whose outputs a node takes, without control inputs and without the number of the output. */
export function inputsOf({ input = [] }: GraphDefNode): string[] {
  return input.filter((name) => !name.startsWith('^')).map((name) => name.split(':')[0]!)
}

const textOf = (base64: string): string => atob(base64)

export const attributes = {
  text: (node: GraphDefNode, name: string): string | undefined => {
    const value = node.attr?.[name]?.s
    return value === undefined ? undefined : textOf(value)
  },
  texts: (node: GraphDefNode, name: string): string[] => (node.attr?.[name]?.list?.s ?? []).map(textOf),
  numbers: (node: GraphDefNode, name: string): number[] => (node.attr?.[name]?.list?.i ?? []).map(Number),
  number: (node: GraphDefNode, name: string): number | undefined => {
    const value = node.attr?.[name]?.f ?? node.attr?.[name]?.i
    return value === undefined ? undefined : Number(value)
  },
  flag: (node: GraphDefNode, name: string): boolean => node.attr?.[name]?.b === true,
}

/** The shape of one row of a placeholder. @throws GraphError where a length is not fixed. */
export function rowShapeOf({ name, attr }: GraphDefNode): Shape {
  const shape = attr?.shape?.shape?.dim?.slice(1).map(({ size }) => Number(size ?? -1))
  if (!shape || shape.some((length) => length < 0)) throw new GraphError(`expected an input of fixed shape, found [${shape?.map((length) => (length < 0 ? '?' : length)).join(', ') ?? '?'}] for "${name}"`)
  return shape
}

/** The transpose of a matrix. */
export function transposed({ shape, data }: Weight): Weight {
  const [rows, columns] = shape as [number, number]
  return { shape: [columns, rows], data: Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!) }
}
