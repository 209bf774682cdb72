import type { GraphNode, Op } from '@touchstone/network'
import { alphaBeta } from './alpha-beta.js'
import { captumGamma } from './captum-gamma.js'
import { epsilon, zero } from './epsilon.js'
import { flat } from './flat.js'
import { gamma } from './gamma.js'
import { norm } from './norm.js'
import { pass } from './pass.js'
import { split } from './split.js'
import type { MakeRule } from './step.js'
import { wSquare } from './w-square.js'
import { winnerTakeAll } from './winner-take-all.js'
import { zBox } from './z-box.js'
import { zPlus } from './z-plus.js'

const kernel = ['dense', 'conv2d', 'depthwise-conv2d'] as const satisfies Op[]
const sums = ['add', 'linear-combination', 'average-pool', 'global-average-pool', 'upsample'] as const satisfies Op[]
const affine = ['affine', 'batch-norm'] as const satisfies Op[]
const single = ['dense', 'conv2d', 'depthwise-conv2d', 'average-pool', 'max-pool', 'activation', 'prelu', 'softmax', 'layer-norm', 'identity', ...affine] as const satisfies Op[]

/** The rules by name, and the kinds of layers that each is made for. */
export const rules = {
  '0': { make: zero, kinds: [...kernel, ...affine, ...sums] },
  epsilon: { make: epsilon, kinds: [...kernel, ...affine, ...sums] },
  gamma: { make: gamma, kinds: kernel },
  'captum-gamma': { make: captumGamma, kinds: kernel },
  'z-plus': { make: zPlus, kinds: kernel },
  'alpha-beta': { make: alphaBeta, kinds: kernel },
  'z-box': { make: zBox, kinds: kernel },
  'w-square': { make: wSquare, kinds: kernel },
  flat: { make: flat, kinds: kernel },
  norm: { make: norm, kinds: sums },
  pass: { make: pass, kinds: single },
  split: { make: split, kinds: ['multiply'] },
  'winner-take-all': { make: winnerTakeAll, kinds: ['max-pool', 'global-max-pool', 'maximum', 'minimum'] },
} as const satisfies Record<string, { readonly make: MakeRule; readonly kinds: readonly GraphNode['op'][] }>

export type RuleName = keyof typeof rules
