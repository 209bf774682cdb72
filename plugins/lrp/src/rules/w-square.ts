import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { share } from './terms.js'

/**
 * The w2 rule: relevance by squared weights, 1 W^2, with bias b^2, whatever the input is.
 *
 * Source: Montavon et al., "Explaining nonlinear classification decisions with deep Taylor decomposition", 2017, section 4; b^2 as in zennit.
 */
export const wSquare: MakeRule = (options) => (step) => {
  const { inputs: [x], weights: { kernel, bias } } = step
  return [share(step, [{ x: tf.onesLike(x!), kernel: tf.square(kernel!) }], bias && tf.square(bias), step.signal, options)]
}
