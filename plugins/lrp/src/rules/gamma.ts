import { tf } from '@touchstone/tensor'
import type { LrpRule, MakeRule } from './step.js'
import { bySign, negative, positive, share, total } from './terms.js'

/**
 * The gamma rule for inputs of any sign: contributions that have the sign of the output count 1 + gamma times.
 *
 * For z > 0: x+ (W + gamma W+) + x- (W + gamma W-), with bias b + gamma b+; for z < 0: x+ (W + gamma W-) + x- (W + gamma W+), with b + gamma b-;
 * nothing for z = 0. For inputs and outputs above 0 it is z = x (W + gamma W+) + b + gamma b+.
 *
 * Source: Montavon et al., "Layer-wise relevance propagation: an overview", 2019, section 10.2; any sign: Andéol et al., 2021, as in zennit.
 */
export const gamma: MakeRule = (options): LrpRule => (step) => {
  const { weights: { kernel, bias }, output, signal } = step
  const [up, down] = [positive(kernel!), negative(kernel!)]
  // One more pass forward is enough: the negative contributions are what is left of z.
  const z = bias && options.bias === 'excluded' ? tf.sub(output, bias) : output
  const positives = total(step, bySign(step, () => up, () => down), bias && positive(bias), options)
  const negatives = tf.sub(z, positives)
  const more = (t: tf.Tensor, part: tf.Tensor): tf.Tensor => tf.add(t, tf.mul(options.gamma, part))
  const [moreUp, moreDown] = [more(kernel!, up), more(kernel!, down)]
  const above = tf.mul(signal, tf.step(output, 0))
  const below = tf.mul(signal, tf.step(tf.neg(output), 0))
  return [
    tf.add(
      share(step, bySign(step, () => moreUp, () => moreDown), bias && more(bias, positive(bias)), above, options, more(z, positives)),
      share(step, bySign(step, () => moreDown, () => moreUp), bias && more(bias, negative(bias)), below, options, more(z, negatives)),
    ),
  ]
}
