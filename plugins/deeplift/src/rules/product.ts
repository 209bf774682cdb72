import { tf } from '@touchstone/tensor'
import type { DeepLiftRule } from './step.js'

/** The points of Gauss-Legendre quadrature on [0, 1] with two points, of equal weight: exact for polynomials up to degree 3. */
const points = [0.5 - Math.sqrt(3) / 6, 0.5 + Math.sqrt(3) / 6]
/** So many factors are shared exactly. */
export const mostFactors = 4

/**
 * Products: the mean of the gradient on the line from x0 to x, which is every factor's Shapley value over its difference; for two factors
 * a b it is m (b + b0) / 2 and m (a + a0) / 2. Two points give it exactly for up to four factors.
 */
export const product: DeepLiftRule = ({ inputs, output, reference, signal, gradient }) => {
  const half = tf.div(signal, points.length)
  const [first, second] = points.map((t) => gradient(half, undefined, { inputs: inputs.map((x, i) => tf.add(tf.mul(x, t), tf.mul(reference.inputs[i]!, 1 - t))), output }))
  return inputs.map((_, i) => tf.add(first![i]!, second![i]!))
}
