import { tf } from '@touchstone/tensor'
import { isZero, quotientOf } from './slope-over.js'
import type { DeepLiftRule, DeepLiftStep } from './step.js'

/**
 * Largest values, of windows or of several inputs: a rise y - y0 > 0 goes to where x is largest, a fall to where x0 is, m_in = (sum of m (y - y0)) /
 * (x - x0). In either place the difference of the input is at least as large, so that multipliers stay between 0 and m, and contributions add up. Where
 * x = x0 it is m at the largest value if that has not changed.
 *
 * The same as in SHAP and Captum. The plain gradient would miss what moves from one place to another.
 */
export const crossMaximum: DeepLiftRule = (step) => crossExtreme(step, tf.sub(step.output, step.reference.output))

/** Smallest values: -min(x) is the largest of -x. */
export const crossMinimum: DeepLiftRule = (step) => crossExtreme(step, tf.sub(step.reference.output, step.output))

/** @param further how far the output moved the way in which it is extreme */
function crossExtreme({ inputs, output, reference, signal, gradient }: DeepLiftStep, further: tf.Tensor): readonly tf.Tensor[] {
  const change = tf.sub(output, reference.output)
  const part = (chosen: tf.Tensor): tf.Tensor => tf.mul(signal, tf.mul(change, chosen))
  const atInput = gradient(part(tf.step(further)))
  const atReference = gradient(part(tf.step(tf.neg(further))), undefined, reference)
  const unchanged = gradient(tf.mul(signal, isZero(change)))
  return inputs.map((x, i) => quotientOf(tf.add(atInput[i]!, atReference[i]!), tf.sub(x, reference.inputs[i]!), unchanged[i]!))
}
