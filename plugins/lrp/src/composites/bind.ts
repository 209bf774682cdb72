import { suggestion, UserError } from '@touchstone/core'
import { ops, weighted, type CheckedGraph, type GraphNode, type Place, type RuleFor } from '@touchstone/network'
import { rules as ruleTable } from '../rules/index.js'
import type { RuleOptions } from '../rules/options.js'
import { base } from './base.js'
import { nonNegativeLayers } from './non-negative.js'
import { groups, orders, type CompositeEntry, type CompositeTable, type LayerChoice } from './table.js'

const kinds = ops.filter((op) => op !== 'input')

/**
 * A composite as rules for the layers of a network.
 *
 * @param current the present name of a layer, where folding gave it another
 * @throws UserError for a layer with a kernel that is left without a rule, a rule on a kind of layer that it is not made for, and a name that no layer has.
 */
export function bind(table: CompositeTable, graph: CheckedGraph, options: RuleOptions, current: (id: string) => string = (id) => id): RuleFor[] {
  const entries = [...table, ...base].map((entry) => ({ entry, for: chosen(entry.for, graph, current) }))
  const isNonNegative = nonNegativeLayers(graph)
  return graph.places.flatMap((place): RuleFor[] => {
    const { node } = place
    const found = entries.find((candidate) => candidate.for(place))?.entry
    if (!found) {
      if (weighted(place)) throw new UserError(`lrp: the composite leaves layer "${node.id}" (${node.op}) without a rule: add an entry for it, as in { for: '${node.op}', rule: 'epsilon' }`)
      return []
    }
    const chosen = { ...options, ...found.options }
    const rule = ruleTable[found.rule].make(chosen)
    checkKind(found, node)
    if (found.rule === 'z-box') checkBox(chosen, node, graph)
    const nonNegative = node.inputs.every(isNonNegative)
    return [{ for: ({ node: { id } }) => id === node.id, rule: (step) => rule({ ...step, nonNegative }) }]
  })
}

function checkKind({ rule }: CompositeEntry, { id, op }: GraphNode): void {
  const made: readonly string[] = ruleTable[rule].kinds
  if (!made.includes(op)) throw new UserError(`lrp: the rule "${rule}" is not made for layer "${id}" (${op}), only for ${made.join(', ')}`)
}

/** @throws UserError for bounds of the box that are not one per channel of the layer's input. */
function checkBox(options: RuleOptions, { id, inputs: [input] }: GraphNode, graph: CheckedGraph): void {
  const channels = graph.placeOf(input!).shape.at(-1)!
  for (const side of ['low', 'high'] as const) {
    const bound = options[side]
    if (typeof bound !== 'number' && bound.length !== channels) throw new UserError(`lrp: ${side} of the z-box rule at layer "${id}" has ${bound.length} values, but its input has ${channels} channels: give one number, or one per channel`)
  }
}

/** Whether an entry is for a layer. */
function chosen(choice: LayerChoice, graph: CheckedGraph, current: (id: string) => string): (place: Place) => boolean {
  if (typeof choice === 'string') {
    if (choice in groups) return ({ node }) => (groups[choice as keyof typeof groups] as readonly string[]).includes(node.op)
    if ((orders as readonly string[]).includes(choice)) {
      const ofOrder = graph.places.filter(({ node, weighted: has }) => has && (choice !== 'first-convolution' || node.op !== 'dense')).at(choice === 'last' ? -1 : 0)
      return (place) => place === ofOrder
    }
    if ((kinds as readonly string[]).includes(choice)) return ({ node }) => node.op === choice
  }
  const name = typeof choice === 'string' ? choice : choice.layer
  const id = current(name)
  const names = graph.places.map(({ node }) => node.id)
  if (!names.includes(id)) {
    throw new UserError(`lrp: an entry of the composite is for "${name}", which is neither a layer of the network nor a kind of layer${suggestion(name, [...names, ...kinds, ...Object.keys(groups), ...orders])}`)
  }
  return ({ node }) => node.id === id
}
