import { inOnePass, tf } from '@touchstone/tensor'
import type { RuleOptions } from './options.js'
import type { LrpStep } from './step.js'

/** One part of what a layer adds up: c x W, of inputs and kernel that a rule has changed. */
export interface Term {
  readonly x: tf.Tensor
  readonly kernel: tf.Tensor
  /** 1 unless told. */
  readonly factor?: number
}

type Handling = Pick<RuleOptions, 'epsilon' | 'bias'>

/** max(t, 0). */
export const positive = (t: tf.Tensor): tf.Tensor => tf.relu(t)

/** min(t, 0). */
export const negative = (t: tf.Tensor): tf.Tensor => tf.minimum(t, 0)

/** R / (z + epsilon sign(z)), with sign(0) = 1. */
export const stableQuotient = (relevance: tf.Tensor, z: tf.Tensor, epsilon: number): tf.Tensor =>
  inOnePass('StableQuotient', { a: relevance, b: z }, { epsilon }, () => tf.div(relevance, tf.add(z, tf.sub(epsilon, tf.mul(2 * epsilon, tf.step(tf.neg(z), 0))))))

/** x+ with one kernel and x- with another; where no input is negative the second part is none. */
export function bySign({ inputs: [x], nonNegative }: LrpStep, withPositive: () => tf.Tensor, withNegative: () => tf.Tensor): Term[] {
  if (nonNegative) return [{ x: x!, kernel: withPositive() }]
  return [{ x: positive(x!), kernel: withPositive() }, { x: negative(x!), kernel: withNegative() }]
}

/** sum_k c_k x_k W_k, and the bias unless it is excluded. */
export function total(step: LrpStep, terms: readonly Term[], bias: tf.Tensor | undefined, { bias: handling }: Handling): tf.Tensor {
  const sum = terms
    .map(({ x, kernel, factor = 1 }) => scaled(step.forward([x], { kernel }), factor))
    .reduce((a, b) => tf.add(a, b))
  return bias && handling !== 'excluded' ? tf.add(sum, bias) : sum
}

/**
 * R_in = sum_k c_k x_k W_k^T (R / stab(z)): every input gets the part of the relevance that its contributions have in z.
 *
 * @param z what the contributions add up to, `total` of them unless a rule says otherwise
 */
export function share(step: LrpStep, terms: readonly Term[], bias: tf.Tensor | undefined, relevance: tf.Tensor, options: Handling, z = total(step, terms, bias, options)): tf.Tensor {
  const s = stableQuotient(relevance, z, options.epsilon)
  const sum = terms
    .map(({ x, kernel, factor = 1 }) => scaled(tf.mul(x, step.gradient(s, { kernel })[0]!), factor))
    .reduce((a, b) => tf.add(a, b))
  return bias && options.bias === 'redistributed' ? tf.add(sum, inEqualParts(step, tf.mul(bias, s))) : sum
}

/** Divides what each output holds equally among the inputs it sees; zeros that pad an image are none. */
export function inEqualParts(step: LrpStep, held: tf.Tensor): tf.Tensor {
  const kernel = tf.onesLike(step.weights.kernel!)
  const seen = tf.maximum(step.forward([tf.onesLike(step.inputs[0]!)], { kernel }), 1)
  return step.gradient(tf.div(held, seen), { kernel })[0]!
}

const scaled = (t: tf.Tensor, factor: number): tf.Tensor => (factor === 1 ? t : tf.mul(t, factor))
