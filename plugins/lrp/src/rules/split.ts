import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { stableQuotient } from './terms.js'

/** The factors of a product get equal parts: R_in = R / n. One that stands for several places (a gate per channel) gets the sum of theirs. */
export const split: MakeRule = ({ epsilon }) => ({ inputs, output, signal, gradient }) => {
  // x_i times what else is in the product is the product again.
  const sent = gradient(stableQuotient(signal, tf.mul(output, inputs.length), epsilon))
  return inputs.map((x, i) => tf.mul(x, sent[i]!))
}
