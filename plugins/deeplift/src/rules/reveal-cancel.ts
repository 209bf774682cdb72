import { activationOf, type ActivationNode } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { secant } from './secant.js'
import type { DeepLiftRule } from './step.js'

/**
 * The RevealCancel rule for a linear layer z = W x + b and the activation y = f(z) behind it, whose multiplier m the signal is. The difference of z has
 * a positive and a negative part, dz+ = sum of the positive w dx and dz- of the negative ones, and each has its own effect on y, the mean over the two
 * orders in which they can come:
 *
 *     dy+ = (f(z0 + dz+) - f(z0) + f(z0 + dz- + dz+) - f(z0 + dz-)) / 2,  dy- likewise;  m+ = m dy+ / dz+,  m- = m dy- / dz-
 *     m_in = sum of w (m+ where w dx > 0, m- where w dx < 0, (m+ + m-) / 2 where dx = 0)
 *
 * With s = sign(dx) that is dz+- = (W dx +- |W| |dx|) / 2 and m_in = (W^T (m+ + m-) + s |W|^T (m+ - m-)) / 2: one pass more forward and one more back.
 *
 * Source: Shrikumar et al., "Learning important features through propagating activation differences", 2017, sections 3.5.2 and 3.5.3.
 */
export const revealCancel =
  (behind: ActivationNode): DeepLiftRule =>
  ({ inputs, output: z, reference, signal, weights, forward, gradient }) => {
    const f = activationOf(behind)
    const z0 = reference.output
    const sizes = weights.kernel ? { kernel: tf.abs(weights.kernel) } : {}
    const differences = inputs.map((x, i) => tf.sub(x, reference.inputs[i]!))
    const total = forward(differences.map((dx) => tf.abs(dx)), sizes)
    const dz = tf.sub(z, z0)
    const [positive, negative] = [tf.relu(tf.div(tf.add(dz, total), 2)), tf.minimum(tf.div(tf.sub(dz, total), 2), 0)]
    const [up, down] = [tf.add(z0, positive), tf.add(z0, negative)]
    const mean = (from: tf.Tensor, then: tf.Tensor, difference: tf.Tensor) => tf.mul(signal, tf.div(tf.add(secant(f, z0, from, difference), secant(f, then, z, difference)), 2))
    const [ofPositive, ofNegative] = [mean(up, down, positive), mean(down, up, negative)]
    const halves = gradient(tf.div(tf.add(ofPositive, ofNegative), 2))
    const signed = gradient(tf.div(tf.sub(ofPositive, ofNegative), 2), sizes)
    return differences.map((dx, i) => tf.add(halves[i]!, tf.mul(tf.sign(dx), signed[i]!)))
  }
