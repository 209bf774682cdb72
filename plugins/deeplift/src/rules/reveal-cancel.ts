import type { ActivationNode } from '@touchstone/network'
import { inOnePass, tf } from '@touchstone/tensor'
import { endOf, slopeOver, tiny } from './slope-over.js'
import type { DeepLiftRule } from './step.js'

/** A part of a difference that is below this, relative to what was added up, is rounding. */
const rounding = 1e-6

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
    const sizes = weights.kernel ? { kernel: tf.abs(weights.kernel) } : {}
    const differences = inputs.map((x, i) => tf.sub(x, reference.inputs[i]!))
    const total = forward(differences.map((dx) => tf.abs(dx)), sizes)
    const point = { z, z0: reference.output, total, signal }
    const [sum, difference] =
      behind.name === 'relu' ? inOnePass('RevealCancel', point, { most: behind.max ?? Infinity, rounding, tiny }, () => signalsBack(behind, point)) : signalsBack(behind, point)

    const plain = gradient(sum)
    const bySize = gradient(difference, sizes)
    return differences.map((dx, i) => inOnePass('AddSigned', { a: plain[i]!, b: bySize[i]!, x: dx }, {}, () => tf.add(plain[i]!, tf.mul(tf.sign(dx), bySize[i]!))))
  }

/** (m+ + m-) / 2 and (m+ - m-) / 2: the signals of the two passes back. */
function signalsBack(behind: ActivationNode, { z, z0, total, signal }: Readonly<Record<'z' | 'z0' | 'total' | 'signal', tf.Tensor>>): readonly [tf.Tensor, tf.Tensor] {
  const { positive, negative } = parts(tf.sub(z, z0), total, z)
  // Where one part is 0 two of these are the same, to the last digit, and so is what it changes.
  const before = endOf(behind, z0)
  const [up, down] = [endOf(behind, tf.add(z0, positive)), endOf(behind, tf.add(z0, negative))]
  const after = endOf(behind, tf.add(down.z, positive))
  const [whole, between] = [tf.sub(after.y, before.y), tf.sub(up.y, down.y)]
  // Half, for the mean of two orders, and half again for the two passes back.
  const quarter = tf.div(signal, 4)
  const ofPositive = tf.mul(quarter, slopeOver(behind, [[before, up], [down, after]], tf.add(whole, between), positive))
  const ofNegative = tf.mul(quarter, slopeOver(behind, [[before, down], [up, after]], tf.sub(whole, between), negative))
  return [tf.add(ofPositive, ofNegative), tf.sub(ofPositive, ofNegative)]
}

/** dz+ and dz-, which add up to dz up to rounding: exactly 0 where nothing but rounding is left of them. */
function parts(dz: tf.Tensor, total: tf.Tensor, z: tf.Tensor): { readonly positive: tf.Tensor; readonly negative: tf.Tensor } {
  const least = tf.mul(rounding, tf.add(total, tf.abs(z)))
  const positive = tf.div(tf.add(total, dz), 2)
  const negative = tf.sub(positive, total)
  return { positive: tf.mul(positive, tf.step(tf.sub(positive, least))), negative: tf.mul(negative, tf.step(tf.neg(tf.add(negative, least)))) }
}
