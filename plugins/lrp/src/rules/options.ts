/**
 * What becomes of a layer's bias, which relevance reaches as it does an input: `kept`, it takes its share, which is lost; `excluded`, it takes
 * none; `redistributed`, its share goes to the inputs in equal parts, so that none is lost.
 */
export type BiasHandling = 'kept' | 'excluded' | 'redistributed'

/** What rules can be told. Each takes what it knows. */
export interface RuleOptions {
  /** Keeps denominators away from 0: stab(z) = z + epsilon sign(z), with sign(0) = 1. */
  readonly epsilon: number
  readonly bias: BiasHandling
  /** gamma: how much positive contributions count above negative ones. */
  readonly gamma: number
  /** alpha-beta: the weights of positive and of negative contributions; alpha - beta = 1. */
  readonly alpha: number
  readonly beta: number
  /** z-box: the smallest and the largest value an input can have, one for all or one per channel. */
  readonly low: number | readonly number[]
  readonly high: number | readonly number[]
}

export const ruleDefaults: RuleOptions = { epsilon: 1e-9, bias: 'kept', gamma: 0.25, alpha: 2, beta: 1, low: 0, high: 1 }
