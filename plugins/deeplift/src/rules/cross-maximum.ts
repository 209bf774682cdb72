import { tf } from '@touchstone/tensor'
import { isZero, quotientOf } from './secant.js'
import type { DeepLiftRule } from './step.js'

/**
 * Max-pooling: with y' = max(y, y0), the rise y' - y0 goes to where x is largest in its window and the fall y - y' to where x0 is,
 * m_in = (m (y' - y0) there + m (y - y') there) / (x - x0). In both places the difference of the input is at least as large, so that multipliers stay
 * between 0 and m, and contributions add up. Where x = x0 it is m at the largest value if that has not changed.
 *
 * The same as in SHAP and Captum. The plain gradient would miss what moves from one place to another.
 */
export const crossMaximum: DeepLiftRule = ({ inputs: [x], output, reference, signal, gradient }) => {
  const [x0, y0] = [reference.inputs[0]!, reference.output]
  const most = tf.maximum(output, y0)
  const [risen] = gradient(tf.mul(signal, tf.sub(most, y0)))
  const [fallen] = gradient(tf.mul(signal, tf.sub(output, most)), undefined, reference)
  const difference = tf.sub(x!, x0)
  const [unchanged] = gradient(tf.mul(signal, isZero(tf.sub(output, y0))))
  return [tf.add(quotientOf(tf.add(risen!, fallen!), difference), tf.mul(unchanged!, isZero(difference)))]
}
