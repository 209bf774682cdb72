import { UserError } from '@touchstone/core'
import { backward, canonise, forward, targetSeed, type Inputs, type Network, type RuleFor, type Targets } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { bind } from './composites/bind.js'
import { composites, type Composite } from './composites/index.js'
import { ruleDefaults, type RuleOptions } from './rules/options.js'

/** What relevance there is at the output: the target's logit, or 1. */
export type Start = 'logit' | 'one'

export interface LrpOptions extends Partial<Omit<RuleOptions, 'alpha' | 'beta'>> {
  /** `epsilon` unless told. */
  readonly composite?: Composite
  /** `logit` unless told. */
  readonly start?: Start
}

/**
 * Relevance at layers: sends the target's logit, or 1, back through the layers by the rules of a composite. The caller owns the tensors.
 *
 * @param at names of layers; the inputs unless told
 * @returns relevance of the outputs of each of these layers, `[n, ...shape]`, in their order
 */
export function relevance(network: Network, x: Inputs, targets: Targets, { composite = 'epsilon', start = 'logit', ...given }: LrpOptions = {}, at: readonly string[] = network.graph.inputs): tf.Tensor[] {
  return tf.tidy(() => {
    const { network: canonised, current } = canonise(network)
    const rules = rulesFor(canonised, current, composite, given)
    const activations = forward(canonised, x)
    if (canonised !== network) network.countRows(activations.output.shape[0])
    const seed = targetSeed(canonised, targets, activations.output.shape[0])
    const signal = start === 'logit' ? tf.mul(seed, activations.output) : seed
    return backward(canonised, activations, signal, { rules, at: at.map(current), finished: activations.free })
  })
}

/** @throws UserError for a composite that does not fit the network, as `bind` says. */
export function checkComposite(network: Network, { composite = 'epsilon', ...given }: LrpOptions): void {
  tf.tidy(() => {
    const { network: canonised, current } = canonise(network)
    rulesFor(canonised, current, composite, given)
  })
}

const rulesFor = ({ graph }: Network, current: (id: string) => string, composite: Composite, given: Partial<RuleOptions>): readonly RuleFor[] =>
  bind(tableOf(composite), graph, ruleOptions(composite, given), current)

/** What is left out is as the composite has it, or by default. */
function ruleOptions(composite: Composite, given: Partial<RuleOptions>): RuleOptions {
  const own = typeof composite === 'string' ? { epsilon: composites[composite].epsilon } : {}
  return { ...ruleDefaults, ...own, ...given }
}

function tableOf(composite: Composite) {
  if (typeof composite !== 'string') return composite
  if (!Object.hasOwn(composites, composite)) throw new UserError(`lrp: there is no composite "${composite}", only ${Object.keys(composites).join(', ')}`)
  return composites[composite].table
}
