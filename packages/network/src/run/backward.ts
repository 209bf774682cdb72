import { sameShape, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Place } from '../graph/check.js'
import { layerOf } from '../layers/index.js'
import type { Network } from '../network.js'
import type { Activations } from './forward.js'
import type { RuleFor, RuleStep } from './rules.js'

/** What a backward pass can be told. */
export interface BackwardOptions {
  /** The first entry that is for a layer decides; the plain gradient where none is. */
  readonly rules?: readonly RuleFor[]
  /** The forward pass of a reference input, for rules that compare with one. */
  readonly reference?: Activations
  /** The layer whose output the signal starts at; the network's output unless told. */
  readonly from?: string
  /** The layers whose signals are wanted; the network's inputs unless told. */
  readonly at?: readonly string[]
  /** Called with each layer once the pass needs its activation no more, so that it may be freed. */
  readonly finished?: (id: string) => void
}

/**
 * Sends a signal back through the layers, each by its rule, and gives the signals that arrive at the outputs of the layers `at`, in their order:
 * gradients by the plain rule, relevance by others. A layer that is used several times receives the sum. Zeros where nothing arrives.
 *
 * Made of tensor ops alone: what comes out can be differentiated again by `tf.grad`.
 *
 * @param signal in the shape of the output it starts at, `[n, ...shape]`
 */
export function backward(network: Network, activations: Activations, signal: tf.Tensor, options: BackwardOptions = {}): tf.Tensor[] {
  const { graph } = network
  const { rules = [], reference, from = graph.output, at = graph.inputs } = options
  const [start] = [graph.placeOf(from)]
  if (!sameShape(signal.shape.slice(1), start.shape)) throw new UserError(`expected a signal of shape [n, ${start.shape.join(', ')}] at layer "${from}", found [${signal.shape.join(', ')}]`)
  const wanted = new Set(at.map((id) => graph.placeOf(id).node.id))
  const needed = leadingTo(graph.places, wanted)
  const signals = new Map<string, tf.Tensor>([[from, tf.clone(signal)]])

  for (const place of graph.places.toReversed()) {
    const { node } = place
    const arrived = signals.get(node.id)
    if (!arrived || !needed.has(node.id)) {
      options.finished?.(node.id)
      continue
    }
    const sent = tf.tidy(() => send(network, place, activations, reference, arrived, rules))
    node.inputs.forEach((id, i) => {
      const part = sent[i]!
      const before = signals.get(id)
      if (!needed.has(id) && !wanted.has(id)) part.dispose()
      else if (!before) signals.set(id, part)
      else {
        signals.set(id, tf.add(before, part))
        before.dispose()
        part.dispose()
      }
    })
    if (!wanted.has(node.id)) {
      arrived.dispose()
      signals.delete(node.id)
    }
    options.finished?.(node.id)
  }
  const results = at.map((id) => {
    const value = signals.get(id)
    return value ? tf.clone(value) : tf.zeros([signal.shape[0], ...graph.placeOf(id).shape])
  })
  signals.forEach((tensor) => tensor.dispose())
  return results
}

/** The signals of a layer's inputs, each a tensor of its own. */
function send(network: Network, place: Place, activations: Activations, reference: Activations | undefined, signal: tf.Tensor, rules: readonly RuleFor[]): tf.Tensor[] {
  const { node } = place
  const layer = layerOf(node)
  const inputs = node.inputs.map((id) => activations.of(id))
  const output = activations.of(node.id)
  const weights = network.weightsOf(node.id)
  const rule = rules.find((entry) => entry.for(place))?.rule
  const gradient: RuleStep['gradient'] = (dy = signal, others = weights, at = { inputs, output }) => layer.gradient(node, { inputs: at.inputs, output: at.output, weights: others }, dy)
  const sent = rule
    ? rule({
        node,
        place,
        inputs,
        output,
        ...(reference && { reference: { inputs: node.inputs.map((id) => reference.of(id)), output: reference.of(node.id) } }),
        signal,
        weights,
        forward: (others, otherWeights = weights) => layer.forward(node, others, otherWeights),
        gradient,
      })
    : gradient()
  sent.forEach((tensor, i) => {
    const { shape } = inputs[i]!
    if (!sameShape(tensor.shape, shape)) throw new UserError(`the rule for layer "${node.id}" gave a signal of shape [${tensor.shape.join(', ')}] for an input of shape [${shape.join(', ')}]`)
  })
  // What is passed on unchanged gets a handle of its own, so that each can be freed by itself.
  return sent.map((tensor) => tf.clone(tensor))
}

/** The layers that come after one of the wanted ones: a signal there has somewhere to go. */
function leadingTo(places: readonly Place[], wanted: ReadonlySet<string>): ReadonlySet<string> {
  const needed = new Set<string>()
  for (const { node } of places) if (node.inputs.some((id) => wanted.has(id) || needed.has(id))) needed.add(node.id)
  return needed
}
