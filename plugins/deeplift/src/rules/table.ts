import { UserError } from '@touchstone/core'
import { named, ofActivation, type ActivationNode, type CheckedGraph, type Op, type RuleFor } from '@touchstone/network'
import { crossMaximum, crossMinimum } from './cross-maximum.js'
import { mostFactors, product } from './product.js'
import { rescale, rescalePrelu } from './rescale.js'
import { revealCancel } from './reveal-cancel.js'
import { forKinds, forLayers } from './step.js'

/** How differences go through activations. */
export type DeepLiftRuleName = 'rescale' | 'reveal-cancel'

/** What layers are not linear goes by these; the plain gradient is the linear rule. */
const base: readonly RuleFor[] = [
  forLayers(ofActivation(), rescale),
  forKinds(['prelu'], rescalePrelu),
  forKinds(['max-pool', 'global-max-pool', 'maximum'], crossMaximum),
  forKinds(['minimum'], crossMinimum),
  forKinds(['multiply'], product),
]

/** @throws UserError for a layer that no rule of DeepLIFT is made for. */
export function checkLayers({ places }: CheckedGraph): void {
  for (const { node } of places) {
    if (node.op === 'softmax' || node.op === 'layer-norm') throw new UserError(`deeplift: layer "${node.id}" is a ${node.op === 'softmax' ? 'softmax inside the network' : 'layer normalisation'}, every output of which depends on all of its inputs, so that no rule of DeepLIFT is made for it: use integrated-gradients or a gradient method`)
    if (node.op === 'multiply' && node.inputs.length > mostFactors) throw new UserError(`deeplift: layer "${node.id}" multiplies ${node.inputs.length} values, more than ${mostFactors}: multiply them in steps, or use integrated-gradients`)
  }
}

/** Linear layers whose outputs are sums of differences times fixed weights, of which RevealCancel parts positive and negative ones. */
const summing: readonly Op[] = ['dense', 'conv2d', 'depthwise-conv2d', 'add', 'average-pool', 'global-average-pool']

/** The table of a network, and which activations are explained together with the layer before them, by the name of that layer. */
export interface Table {
  readonly rules: readonly RuleFor[]
  readonly joined: ReadonlyMap<string, ActivationNode>
}

/** Which layer goes by which rule. */
export function tableOf(rule: DeepLiftRuleName, graph: CheckedGraph): Table {
  const joined = rule === 'reveal-cancel' ? pairs(graph) : new Map<string, ActivationNode>()
  const together = [...joined].flatMap(([id, behind]): RuleFor[] => [{ for: named(behind.id), rule: ({ signal }) => [signal] }, forLayers(named(id), revealCancel(behind))])
  return { rules: [...together, ...base], joined }
}

/** By the name of a summing layer, the activation that is all that reads it. */
function pairs(graph: CheckedGraph): Map<string, ActivationNode> {
  const readers = new Map<string, number>()
  for (const { node } of graph.places) for (const id of node.inputs) readers.set(id, (readers.get(id) ?? 0) + 1)
  const isActivation = ofActivation()
  return new Map(
    graph.places.flatMap((place) => {
      const [before] = place.node.inputs
      if (!isActivation(place) || readers.get(before!) !== 1 || !summing.includes(graph.placeOf(before!).node.op)) return []
      return [[before!, place.node as ActivationNode] as const]
    }),
  )
}
