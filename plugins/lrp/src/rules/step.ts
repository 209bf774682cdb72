import type { Rule, RuleStep } from '@touchstone/network'
import type { RuleOptions } from './options.js'

/** What an LRP rule is given: the layer and its signal, which is relevance, and what is known of its input. */
export interface LrpStep extends RuleStep {
  /** Whether no input can be negative, as behind a ReLU: rules that part inputs by sign then save one of the parts. */
  readonly nonNegative: boolean
}

/** How relevance goes back through a layer. */
export type LrpRule = (step: LrpStep) => ReturnType<Rule>

/** A rule with its options set. */
export type MakeRule = (options: RuleOptions) => LrpRule
