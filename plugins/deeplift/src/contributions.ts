import { backward, baselinesOf, canonise, forward, targetSeed, type Activations, type Inputs, type Network, type Point, type Targets } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { rescaled } from './rules/rescale.js'
import { checkLayers, tableOf, type DeepLiftRuleName } from './rules/table.js'

export interface ContributionOptions {
  /** `rescale` unless told. */
  readonly rule?: DeepLiftRuleName
  /** x0: one number for every value, 0 unless told; or tensors that can be broadcast to the inputs, one per input of the network. */
  readonly baseline?: number | Inputs
  /** Whether multipliers are multiplied by the differences that they are for; true unless told. */
  readonly inputFactor?: boolean
}

/**
 * Contributions at layers: how much of F(x) - F(x0) the difference of each value there accounts for, C = m (h - h0). They add up to all of it at every
 * set of layers that all paths go through. The caller owns the tensors.
 *
 * @param x a batch, or one per input of the network
 * @param targets an output per row; null for the sum of all
 * @param at names of layers; the inputs unless told
 * @returns contributions, or multipliers without the input factor, of the outputs of each of these layers, `[n, ...shape]`, in their order
 * @throws UserError for a baseline of another shape, a target or a layer that is not there, a softmax inside the network or a layer normalisation
 */
export function contributions(network: Network, x: Inputs, targets: Targets, { rule = 'rescale', baseline = 0, inputFactor = true }: ContributionOptions = {}, at: readonly string[] = network.graph.inputs): tf.Tensor[] {
  return tf.tidy(() => {
    const x0 = fitted(baseline, listOf(x))
    // RevealCancel parts what a layer adds up as the activation behind it sees it: with the normalisation in between.
    const { network: canonised, current } = rule === 'rescale' ? { network, current: (id: string) => id } : canonise(network)
    checkLayers(canonised.graph)
    const { rules, joined } = tableOf(rule, canonised.graph)
    const activations = forward(canonised, x)
    const reference = forward(canonised, x0)
    const rows = activations.output.shape[0]
    if (canonised !== network) network.countRows(2 * rows)

    const asked = at.map(current)
    // A layer that is explained together with its activation contributes what the activation does, value by value.
    const from = asked.map((id) => joined.get(id)?.id ?? id)
    const needed = new Set([...asked, ...from])
    const finished = (id: string): void => {
      if (needed.has(id)) return
      activations.free(id)
      reference.free(id)
    }
    const multipliers = backward(canonised, activations, targetSeed(canonised, targets, rows), { rules, reference, at: from, finished })
    return multipliers.map((m, i) => {
      const id = asked[i]!
      if (inputFactor) return tf.mul(m, tf.sub(activations.of(from[i]!), reference.of(from[i]!)))
      const behind = joined.get(id)
      const point = (pass: Activations): Point => ({ inputs: [pass.of(id)], output: pass.of(from[i]!) })
      const here = behind ? rescaled(behind, m, point(activations), point(reference)) : m
      const scale = id === at[i] ? undefined : network.weightsOf(id).scale
      return scale ? tf.mul(here, scale) : here
    })
  })
}

const listOf = (inputs: Inputs): readonly tf.Tensor[] => (inputs instanceof tf.Tensor ? [inputs] : inputs)

/** Baselines in the shapes of the inputs. */
function fitted(baseline: number | Inputs, inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
  return baselinesOf(baseline, inputs, 'deeplift').map((one, i) => (typeof one === 'number' ? tf.fill(inputs[i]!.shape, one) : tf.add(tf.zeros(inputs[i]!.shape), one)))
}
