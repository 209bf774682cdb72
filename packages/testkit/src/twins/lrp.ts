import type { Graph, GraphNode } from '@touchstone/network'
import { backwardThrough, firstLargest, outputOf, seedOf } from './backward.js'
import { valuesIn, type InputValues, type Values } from './forward.js'
import type { Sum } from './layer.js'
import { folded, plainGraph } from './plain-graph.js'
import { sizeOf } from './shapes.js'

/** A rule with all that it can be told. */
export interface LrpTwinRule {
  readonly rule: '0' | 'epsilon' | 'gamma' | 'captum-gamma' | 'z-plus' | 'alpha-beta' | 'z-box' | 'w-square' | 'flat' | 'norm' | 'pass' | 'winner-take-all' | 'split'
  readonly epsilon: number
  readonly bias: 'kept' | 'excluded' | 'redistributed'
  readonly gamma: number
  readonly alpha: number
  readonly beta: number
  /** One number, or one per channel. */
  readonly low: number | readonly number[]
  readonly high: number | readonly number[]
}

const positive = (v: number): number => Math.max(v, 0)
const negative = (v: number): number => Math.min(v, 0)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/**
 * Layer-wise relevance propagation for one row, one contribution at a time: relevance at every layer, by name. Batch normalisations right behind a layer
 * with a kernel are folded first: the two go by the name of the normalisation. Graphs whose layers share no weights.
 *
 * @param ruleFor the rule of a layer; none for those that only move values
 * @param start the relevance at the output: the target's logit, or 1
 */
export function lrpTwin(graph: Graph, inputs: InputValues, target: number | null, ruleFor: (node: GraphNode) => LrpTwinRule | undefined, start: 'logit' | 'one' = 'logit'): Values {
  const plain = folded(plainGraph(graph))
  const values = valuesIn(plain, inputs)
  const outputs = outputOf(values)
  const seed = seedOf(outputs.length, target).map((one, i) => (start === 'one' ? one : one * outputs[i]!))
  return backwardThrough(plain, seed, ({ node, layer }, relevance, to) => {
    const x = node.inputs.map((id) => values.get(id)!)
    const y = values.get(node.id)!
    const rule = ruleFor(node)
    relevance.forEach((R, k) => {
      if (rule?.rule === 'pass') return void (to[0]![k]! += R)
      if (layer.kind === 'largest') return void (to[0]![firstLargest(layer.windows[k]!, x[0]!)]! += R)
      if (layer.kind === 'products') {
        const factors = layer.factors[k]!
        for (const { input, index } of factors) to[input]![index]! += (R * y[k]!) / stabilised(factors.length * y[k]!, rule!.epsilon)
      }
      if (layer.kind === 'sums') {
        const sum = layer.sums[k]!
        const channels = sizeOf(plain.get(node.inputs[0]!)!.layer.shape.slice(-1))
        const shares = rule ? sharesOf(rule, node, sum, sum.taps.map(({ input, index }) => x[input]![index]!), sum.taps.map(({ index }) => index % channels), R) : sum.taps.map(({ weight }) => weight * R)
        sum.taps.forEach(({ input, index }, i) => (to[input]![index]! += shares[i]!))
      }
    })
  })
}

const stabilised = (z: number, epsilon: number): number => (z >= 0 ? z + epsilon : z - epsilon)

/** How one output's relevance is divided among its taps. */
function sharesOf(rule: LrpTwinRule, node: GraphNode, { taps, bias: b }: Sum, x: readonly number[], channels: readonly number[], R: number): number[] {
  const w = taps.map(({ weight }) => weight)
  const each = (f: (x: number, w: number, channel: number) => number): number[] => x.map((v, i) => f(v, w[i]!, channels[i]!))
  const plain = each((v, u) => v * u)
  const single = node.op === 'affine' || node.op === 'batch-norm'
  const kernel = node.op === 'dense' || node.op === 'conv2d' || node.op === 'depthwise-conv2d'

  /** By contributions c, beside that of the bias. */
  const divided = (c: readonly number[], ofBias: number, amount: number, epsilon = rule.epsilon): number[] => {
    const z = stabilised(total(c) + (rule.bias === 'excluded' ? 0 : ofBias), epsilon)
    const extra = rule.bias === 'redistributed' ? ofBias / c.length : 0
    return c.map((v) => ((v + extra) * amount) / z)
  }
  const parts = (up: (w: number) => number, down: (w: number) => number) => each((v, u) => positive(v) * up(u) + negative(v) * down(u))
  const bound = (value: number | readonly number[], channel: number) => (typeof value === 'number' ? value : value[channel]!)

  switch (rule.rule) {
    case '0':
    case 'epsilon':
    case 'norm': {
      const epsilon = rule.rule === '0' ? 1e-9 : rule.epsilon
      // The one input of an output that is shifted: its share is all there is, unless the shift keeps one.
      if (single) return rule.bias === 'kept' && node.weights.shift ? [(plain[0]! * R) / stabilised(plain[0]! + b, epsilon)] : [R]
      if (!kernel) return plain.map((c) => (c * R) / stabilised(total(plain) + b, epsilon))
      return divided(plain, b, R, epsilon)
    }
    case 'gamma': {
      const z = total(plain) + b
      const [more, less] = [(u: number) => u + rule.gamma * positive(u), (u: number) => u + rule.gamma * negative(u)]
      if (z > 0) return divided(parts(more, less), more(b), R)
      if (z < 0) return divided(parts(less, more), less(b), R)
      return plain.map(() => 0)
    }
    case 'captum-gamma':
      return divided(each((v, u) => v * (u + rule.gamma * positive(u))), b, R)
    case 'z-plus':
      return divided(parts(positive, negative), positive(b), R)
    case 'alpha-beta': {
      const below = parts(negative, positive)
      const none = total(below) + (rule.bias === 'excluded' ? 0 : negative(b)) === 0
      const ups = divided(parts(positive, negative), positive(b), (none ? 1 : rule.alpha) * R)
      const downs = divided(below, negative(b), none ? 0 : rule.beta * R)
      return ups.map((share, i) => share - downs[i]!)
    }
    case 'z-box':
      return divided(each((v, u, channel) => v * u - bound(rule.low, channel) * positive(u) - bound(rule.high, channel) * negative(u)), 0, R)
    case 'w-square':
      return divided(each((_, u) => u * u), b * b, R)
    case 'flat':
      return divided(each(() => 1), 0, R, 0)
    default:
      throw new Error(`no twin of ${rule.rule} for ${node.op}`)
  }
}
