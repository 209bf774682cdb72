import { argmax, option, sameClass, type AcceptanceRule, type SamplerContext } from '@touchstone/core'
import * as z from 'zod/mini'

const positive = (what: string) => z.number('expected a number').check(z.gt(0, `expected ${what} above 0`))
const size = 'expected { margin: a number above 0 } or { logit: a number above 0 }'

/** How far the target's logit may be away: in its own units, or as a share of the lead that the predicted class has. */
type Delta = { readonly margin: number } | { readonly logit: number }

/** What inputs are similar to an example, as options. */
export interface SimilarOptions {
  readonly delta: Delta
  readonly rho: number | undefined
  readonly sameClass: boolean
}

/** The options by which samplers of this package say which inputs are similar. */
export const similarOptions = {
  delta: option(z.union([z.strictObject({ margin: positive('a margin') }), z.strictObject({ logit: positive('a logit') })], size), {
    summary: 'how far the logit of the target may be away: { margin: share of the lead of the predicted class over the next } or { logit: units of the logit }',
    default: { margin: 0.3 },
  }),
  rho: option(z.optional(positive('a distance')), { summary: 'how far the input may be away in l2; any distance where it is left out', unit: 'input values' }),
  sameClass: option(z.boolean('expected true or false'), { summary: 'whether a neighbour must keep the predicted class of its example', default: true }),
}

/** The set of similar inputs of one example. */
export interface Similar {
  /** In units of the logit. */
  readonly delta: number
  /** How to accept a neighbour into it, and the reasons to refuse one. */
  readonly rules: readonly AcceptanceRule[]
  /** Why there is no such set. */
  readonly missing?: string
}

/** A lead below this share of the largest logit is rounding. */
const undecided = 1e-4

/**
 * The inputs similar to x by the output of the model, S(x) = { x~ : |F_y(x) - F_y(x~)| <= delta, ||x~ - x||_2 <= rho }, and of the same class where that is
 * asked for. With `delta: { margin: k }`, delta = k (F_y(x) - max over c != y of F_c(x)), y being the predicted class.
 *
 * Source: Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025, equation 1; the class
 * is a condition of its sections 4.2 and 4.5.
 */
export function similarTo({ outputs }: Pick<SamplerContext, 'outputs'>, options: SimilarOptions): Similar {
  const margin = marginOf(outputs)
  const delta = 'logit' in options.delta ? options.delta.logit : options.delta.margin * margin
  const rho = options.rho ?? Infinity
  return {
    delta,
    rules: [
      ...(options.sameClass ? [sameClass] : []),
      // Written so that what is not a number is refused.
      ({ logitDistance }) => (Math.abs(logitDistance) <= delta ? undefined : 'logit too far'),
      ({ inputDistance }) => (inputDistance.l2 <= rho ? undefined : 'input too far'),
    ],
    ...('margin' in options.delta && margin <= undecided * outputs.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) && { missing: 'the model is undecided: delta is a share of a lead of 0' }),
  }
}

/** The lead of the predicted class: its logit less the next largest. */
export function marginOf(outputs: Float32Array): number {
  const predicted = argmax(outputs)
  return outputs[predicted]! - outputs.reduce((next, value, index) => (index === predicted ? next : Math.max(next, value)), -Infinity)
}

/** Where there is no set of similar inputs: the example itself, as often as asked, refused with the reason. */
export function refused({ example, outputs }: SamplerContext, reason: string, count: number) {
  const itself = { input: example.input, inputDistance: { l2: 0, linf: 0 }, outputs, logitDistance: 0, predicted: argmax(outputs), rejected: reason }
  return Array.from({ length: count }, () => itself)
}
