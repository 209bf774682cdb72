import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { bySign, negative, positive, share, total } from './terms.js'

/**
 * The alpha-beta rule: alpha times by positive contributions, x+ W+ + x- W- with b+, minus beta times by negative ones, x+ W- + x- W+ with b-.
 * Where an output has no negative part, alpha is 1, since what beta should take away is not there: relevance would grow by alpha layer after layer.
 *
 * Source: Bach et al., "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance propagation", 2015, equation 60.
 */
export const alphaBeta: MakeRule = (options) => (step) => {
  const { weights: { kernel, bias }, signal } = step
  const { alpha, beta } = options
  const [up, down] = [positive(kernel!), negative(kernel!)]
  const positives = bySign(step, () => up, () => down)
  const [above, below] = [bias && positive(bias), bias && negative(bias)]
  if (beta === 0) return [share(step, positives, above, tf.mul(alpha, signal), options)]
  const negatives = bySign(step, () => down, () => up)
  const z = total(step, negatives, below, options)
  const present = tf.step(tf.neg(z), 0)
  const alphas = tf.add(1, tf.mul(alpha - 1, present))
  return [
    tf.sub(
      share(step, positives, above, tf.mul(alphas, signal), options),
      share(step, negatives, below, tf.mul(tf.mul(beta, present), signal), options, z),
    ),
  ]
}
