import type { Values } from './forward.js'
import type { PlainGraph, PlainNode } from './plain-graph.js'
import { sizeOf } from './shapes.js'

/** What one layer hands to its inputs: adds to `to[input][index]`. */
export type Hand = (place: PlainNode, signal: readonly number[], to: readonly number[][]) => void

/** Hands a signal from the output back through all layers; gives what arrives at each, by name. */
export function backwardThrough(graph: PlainGraph, start: readonly number[], hand: Hand): Values {
  const order = [...graph].reverse()
  const signals = new Map(order.map(([id, { layer }], i) => [id, i === 0 ? [...start] : new Array<number>(sizeOf(layer.shape)).fill(0)]))
  for (const [id, place] of order) if (place.layer.kind !== 'input') hand(place, signals.get(id)!, place.node.inputs.map((from) => signals.get(from)!))
  return signals
}

/** The values of the output. */
export const outputOf = (values: Values): readonly number[] => [...values.values()].at(-1)!

/** 1 at the target, or everywhere for none. */
export const seedOf = (outputs: number, target: number | null): number[] => Array.from({ length: outputs }, (_, i) => Number(target === null || i === target))

/** The place of the largest value, the first of several. */
export const firstLargest = (window: readonly number[], values: readonly number[]): number => window.reduce((best, index) => (values[index]! > values[best]! ? index : best))
