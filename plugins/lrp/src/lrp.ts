import { defineExtension, option } from '@touchstone/core'
import { attributerFromMap, type TensorMap } from '@touchstone/network'
import * as z from 'zod/mini'
import { composites, type Composite } from './composites/index.js'
import { entryFault } from './entry-fault.js'
import { checkComposite, relevance, type LrpOptions } from './relevance.js'
import { ruleDefaults } from './rules/options.js'

/** Layer-wise relevance propagation as one tensor function: relevance of the input, in the shape of `x`. */
export const lrpMap =
  (options: LrpOptions = {}): TensorMap =>
  (network, x, targets) =>
    relevance(network, x, targets, options)[0]!

const isComposite = (value: unknown): value is Composite => (typeof value === 'string' && Object.hasOwn(composites, value)) || Array.isArray(value)
const isBound = (value: unknown): value is number | readonly number[] => [value].flat().every((item) => typeof item === 'number' && Number.isFinite(item)) && [value].flat().length > 0
const bound = z.custom<number | readonly number[]>(isBound, 'expected a number, or a list of them with one per channel')

/**
 * Layer-wise relevance propagation: the target's logit is handed back layer by layer, each output's relevance to the inputs in proportion to their
 * contributions, R_in = sum_k c_k x_k W_k^T (R / stab(sum_k c_k x_k W_k + b)), where each rule has its own x_k, W_k and c_k. A composite says which layer
 * goes by which rule. Signed, in the shape of the input.
 *
 * Source: Bach et al., "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance propagation", PLOS ONE 2015; Montavon et
 * al., "Layer-wise relevance propagation: an overview", 2019. Composites as in zennit (Anders et al. 2021), the default as in Captum.
 */
export const lrp = defineExtension({
  kind: 'attributer',
  name: 'lrp',
  summary: 'Layer-wise relevance propagation: the logit is handed back through the layers, each by its rule',
  citation: 'Bach, Binder, Montavon, Klauschen, Müller, Samek, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance propagation", PLOS ONE 10(7), 2015',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  options: {
    composite: option(z.custom<Composite>(isComposite, `expected one of ${Object.keys(composites).join(', ')}, or a list as in [{ for: 'first', rule: 'flat' }, { for: 'weighted', rule: 'epsilon' }]`), {
      summary: 'which layer goes by which rule: a name, or a list of { for, rule, options } of which the first that is for a layer decides',
      default: 'epsilon',
    }),
    epsilon: option(z.optional(z.number('expected a number').check(z.positive('expected a number above 0'))), {
      summary: 'keeps denominators away from 0; 1e-9 for the composite epsilon and for lists, 1e-6 for the other composites, unless told',
    }),
    gamma: option(z.number('expected a number').check(z.gte(0, 'expected at least 0')), { summary: 'how much more the gamma rule counts contributions of the sign of the output', default: ruleDefaults.gamma }),
    low: option(bound, { summary: 'the smallest value of an input, for the box rule; one number, or one per channel', default: ruleDefaults.low, unit: 'input values' }),
    high: option(bound, { summary: 'the largest value of an input, for the box rule; one number, or one per channel', default: ruleDefaults.high, unit: 'input values' }),
    bias: option(z.enum(['kept', 'excluded', 'redistributed'], 'expected kept, excluded or redistributed'), {
      summary: "a bias's share of relevance: kept by it (and so lost), none, or redistributed to the inputs in equal parts",
      default: ruleDefaults.bias,
    }),
    start: option(z.enum(['logit', 'one'], 'expected logit or one'), { summary: 'the relevance at the output: the logit of the target, or 1', default: 'logit' }),
  },
  check: ({ composite, low, high }) => {
    const fault = Array.isArray(composite) ? entryFault(composite) : undefined
    const empty = boxFault(low as number | readonly number[], high as number | readonly number[])
    return [...(fault === undefined ? [] : [{ option: 'composite' as const, message: fault }]), ...(empty === undefined ? [] : [{ option: 'high' as const, message: empty }])]
  },
  cost: () => ({ rows: 1 }),
  create: (options) => {
    const { epsilon, ...others } = options
    const chosen: LrpOptions = { ...others, ...(epsilon !== undefined && { epsilon }) }
    return attributerFromMap(lrpMap(chosen), (network) => checkComposite(network, chosen))
  },
})

function boxFault(low: number | readonly number[], high: number | readonly number[]): string | undefined {
  const [lows, highs] = [[low].flat(), [high].flat()]
  if (lows.length > 1 && highs.length > 1 && lows.length !== highs.length) return `expected as many values as low has, ${lows.length}, found ${highs.length}`
  const count = Math.max(lows.length, highs.length)
  const at = Array.from({ length: count }, (_, i) => i).find((i) => !(lows[lows.length === 1 ? 0 : i]! < highs[highs.length === 1 ? 0 : i]!))
  return at === undefined ? undefined : `expected more than low, which is ${lows[lows.length === 1 ? 0 : at]!}, found ${highs[highs.length === 1 ? 0 : at]!}`
}
