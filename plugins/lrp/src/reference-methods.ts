import { defineReferenceMethod, isRecord, UserError } from '@touchstone/core'
import { attributerFromMap, explainByTensors } from '@touchstone/network'
import type { CompositeEntry } from './composites/table.js'
import { lrpMap } from './lrp.js'
import { relevance } from './relevance.js'
import { rules, type RuleName } from './rules/index.js'

/** What cases call a rule, where it has another name here. */
const otherNames: Readonly<Record<string, RuleName>> = { identity: 'pass', gamma_captum: 'captum-gamma' }

/** How this package answers reference cases. */
export const referenceMethods = [
  defineReferenceMethod('lrp', 'relevance from the output of the target, by the epsilon rule unless told; params: rules by layer, node', (problem) => {
    const { params } = problem
    const options = { composite: composite(params.value('rules') ?? {}) }
    const node = params.value('node')
    if (node === undefined) return problem.together(() => attributerFromMap(lrpMap(options)))
    return explainByTensors(problem, (network, x, targets) => relevance(network, x, targets, options, [params.text('node')]))
  }),
]

function composite(given: unknown): readonly CompositeEntry[] {
  if (!isRecord(given)) throw new UserError('params.rules: expected an object with a rule by layer')
  return [...Object.entries(given).map(([layer, rule]) => entry(layer, rule)), { for: 'weighted', rule: 'epsilon' }]
}

function entry(layer: string, given: unknown): CompositeEntry {
  if (!isRecord(given) || typeof given.rule !== 'string') throw new UserError(`params.rules.${layer}: expected an object with a rule`)
  const { rule: called, ...options } = given
  const rule = otherNames[called] ?? (called).replaceAll('_', '-')
  if (!isRule(rule)) throw new UserError(`params.rules.${layer}: there is no rule "${called}"`)
  return { for: { layer }, rule, options: options }
}

const isRule = (name: string): name is RuleName => Object.hasOwn(rules, name)
