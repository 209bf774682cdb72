import type { Op } from '@touchstone/network'
import type { RuleOptions } from '../rules/options.js'
import type { RuleName } from '../rules/index.js'

/** Groups of kinds, and single layers by their place. */
export const groups = {
  /** Layers with a kernel. */
  weighted: ['dense', 'conv2d', 'depthwise-conv2d'],
  /** Convolutions, depthwise ones too. */
  convolution: ['conv2d', 'depthwise-conv2d'],
} as const satisfies Record<string, readonly Op[]>

export const orders = ['first', 'last', 'first-convolution'] as const

/**
 * Which layers an entry is for: a kind of layer, a group of kinds (`weighted`, `convolution`), the `first` or `last` layer with a kernel, the
 * `first-convolution`, or a layer by its name. What could be either is a kind: `{ layer }` is always a name.
 */
export type LayerChoice = Op | keyof typeof groups | (typeof orders)[number] | (string & {}) | { readonly layer: string }

/** A line of a composite. */
export interface CompositeEntry {
  readonly for: LayerChoice
  readonly rule: RuleName
  /** Come before the method's own options. */
  readonly options?: Partial<RuleOptions>
}

/** Rules for the layers of a network: the first entry that is for a layer decides. */
export type CompositeTable = readonly CompositeEntry[]
