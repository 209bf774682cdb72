import { ofKind, type Op, type Point, type Rule, type RuleFor, type RuleStep } from '@touchstone/network'

/** What a rule of DeepLIFT is given: the signal is the multiplier of the output, and there is always a reference. */
export interface DeepLiftStep extends RuleStep {
  readonly reference: Point
}

/** How multipliers go back through a layer. */
export type DeepLiftRule = (step: DeepLiftStep) => ReturnType<Rule>

/** A rule of DeepLIFT as one of the table. */
export function forLayers(chosen: RuleFor['for'], rule: DeepLiftRule): RuleFor {
  return { for: chosen, rule: (step) => rule(step as DeepLiftStep) }
}

/** The same by kinds of layers. */
export const forKinds = (kinds: readonly Op[], rule: DeepLiftRule): RuleFor => forLayers(ofKind(...kinds), rule)
