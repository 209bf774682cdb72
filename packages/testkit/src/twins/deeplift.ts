import type { ActivationNode, Graph } from '@touchstone/network'
import { activate, slopeOf } from './activations.js'
import { backwardThrough, firstLargest, outputOf, seedOf } from './backward.js'
import { valuesIn, type InputValues, type Values } from './forward.js'
import type { Tap } from './layer.js'
import { folded, plainGraph, readersOf, type PlainGraph } from './plain-graph.js'

/** How differences go through activations. */
export type DeepLiftTwinRule = 'rescale' | 'reveal-cancel'

/** Layers whose contributions RevealCancel parts by sign. */
const parted: readonly string[] = ['dense', 'conv2d', 'depthwise-conv2d', 'add', 'average-pool', 'global-average-pool']

/**
 * DeepLIFT for one row and one baseline, one contribution at a time: multipliers at the inputs, by name. Times the differences of the inputs they add up
 * to that of the output.
 *
 * RevealCancel holds for activations right behind a dense layer, a convolution, a sum or a mean that nothing else reads, with a normalisation in between
 * that is folded; Rescale for all others. Graphs whose layers share no weights.
 *
 * @param target null for the sum of all outputs
 */
export function deepLiftTwin(graph: Graph, inputs: InputValues, baselines: InputValues, target: number | null, rule: DeepLiftTwinRule = 'rescale'): Values {
  const plain = rule === 'rescale' ? plainGraph(graph) : folded(plainGraph(graph))
  const [values, before] = [valuesIn(plain, inputs), valuesIn(plain, baselines)]
  const behind = rule === 'rescale' ? new Map<string, ActivationNode>() : activationsBehind(plain)
  const joined = new Set([...behind.values()].map(({ id }) => id))
  const multipliers = backwardThrough(plain, seedOf(outputOf(values).length, target), ({ node, layer }, signal, to) => {
    const [x, x0] = [values, before].map((of) => node.inputs.map((id) => of.get(id)!)) as [number[][], number[][]]
    const y0 = before.get(node.id)!
    const f = behind.get(node.id)
    signal.forEach((m, k) => {
      switch (layer.kind) {
        case 'sums':
          handSum(layer.sums[k]!.taps, f ? partsOf(f, layer.sums[k]!.taps, x, x0, y0[k]!) : { rise: 1, fall: 1 }, m, x, x0, to)
          break
        case 'largest':
          handLargest(layer.windows[k]!, m, x[0]!, x0[0]!, to[0]!)
          break
        case 'products':
          layer.factors[k]!.forEach(({ input, index }, i) => (to[input]![index]! += m * othersMean(layer.factors[k]!, i, x, x0)))
          break
        case 'activation':
          // What is explained together with the layer before is left to that one.
          to[0]![k]! += joined.has(node.id) ? m : m * meanSlope(layer.node, x0[0]![k]!, x[0]![k]!)
          break
        case 'input':
      }
    })
  })
  return new Map([...multipliers].filter(([id]) => plain.get(id)!.layer.kind === 'input'))
}

/** By the name of a layer, the activation that is all that reads it. */
function activationsBehind(plain: PlainGraph): ReadonlyMap<string, ActivationNode> {
  const readers = readersOf(plain)
  return new Map(
    [...plain.values()].flatMap(({ node }) => {
      const only = readers.get(node.id)!
      const reader = only.length === 1 ? only[0]!.node : undefined
      return parted.includes(node.op) && reader?.op === 'activation' && reader.name !== 'linear' ? [[node.id, reader] as const] : []
    }),
  )
}

function meanSlope(f: ActivationNode, from: number, to: number): number {
  return Math.abs(to - from) < 1e-12 ? slopeOf(f, to) : (activate(f, to) - activate(f, from)) / (to - from)
}

/** What positive and what negative contributions to z are multiplied by: the change of f over either, the mean of both orders, by its size. */
function partsOf(f: ActivationNode, taps: readonly Tap[], x: readonly (readonly number[])[], x0: readonly (readonly number[])[], z0: number): { readonly rise: number; readonly fall: number } {
  const contributions = taps.map(({ input, index, weight }) => weight * (x[input]![index]! - x0[input]![index]!))
  const [up, down] = [1, -1].map((sign) => contributions.filter((c) => sign * c > 0).reduce((a, b) => a + b, 0)) as [number, number]
  const effect = (first: number, other: number) => (meanSlope(f, z0, z0 + first) + meanSlope(f, z0 + other, z0 + other + first)) / 2
  return { rise: effect(up, down), fall: effect(down, up) }
}

function handSum(taps: readonly Tap[], { rise, fall }: { readonly rise: number; readonly fall: number }, m: number, x: readonly (readonly number[])[], x0: readonly (readonly number[])[], to: readonly number[][]): void {
  for (const { input, index, weight } of taps) {
    const contribution = weight * (x[input]![index]! - x0[input]![index]!)
    to[input]![index]! += m * weight * (contribution > 0 ? rise : contribution < 0 ? fall : (rise + fall) / 2)
  }
}

/** A rise goes to the largest value of x, a fall to that of x0. */
function handLargest(window: readonly number[], m: number, x: readonly number[], x0: readonly number[], to: number[]): void {
  const [now, then] = [firstLargest(window, x), firstLargest(window, x0)]
  const rise = x[now]! - x0[then]!
  const place = rise >= 0 ? now : then
  const difference = x[place]! - x0[place]!
  if (difference !== 0) to[place]! += (m * rise) / difference
  else if (rise === 0) to[now]! += m
}

/** The product of the other factors, the mean over all orders in which the factors can change. */
function othersMean(factors: readonly Tap[], own: number, x: readonly (readonly number[])[], x0: readonly (readonly number[])[]): number {
  const orders = permutations(factors.map((_, i) => i))
  const products = orders.map((order) => {
    const changed = order.slice(0, order.indexOf(own))
    return factors.reduce((product, { input, index }, i) => (i === own ? product : product * (changed.includes(i) ? x : x0)[input]![index]!), 1)
  })
  return products.reduce((a, b) => a + b, 0) / orders.length
}

function permutations(items: readonly number[]): number[][] {
  return items.length === 0 ? [[]] : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}
