import { tf } from '@touchstone/tensor'
import { isZero, quotientOf } from './slope-over.js'
import type { DeepLiftRule } from './step.js'

/**
 * Max-pooling: a rise y - y0 > 0 goes to where x is largest in its window, a fall to where x0 is, m_in = (sum of m (y - y0)) / (x - x0). In either place
 * the difference of the input is at least as large, so that multipliers stay between 0 and m, and contributions add up. Where x = x0 it is m at the
 * largest value if that has not changed.
 *
 * The same as in SHAP and Captum. The plain gradient would miss what moves from one place to another.
 */
export const crossMaximum: DeepLiftRule = ({ inputs: [x], output: y, reference, signal, gradient }) => {
  const rise = tf.sub(y, reference.output)
  const [risen] = gradient(tf.mul(signal, tf.relu(rise)))
  const [fallen] = gradient(tf.mul(signal, tf.relu(tf.neg(rise))), undefined, reference)
  const [unchanged] = gradient(tf.mul(signal, isZero(rise)))
  return [quotientOf(tf.sub(risen!, fallen!), tf.sub(x!, reference.inputs[0]!), unchanged!)]
}
