import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { stableQuotient } from './terms.js'

/** The epsilon rule of linear layers without a kernel, sums and means: R_in = x J^T (R / stab(z)). */
export const norm: MakeRule = ({ epsilon }) => ({ inputs, output, signal, gradient }) => {
  const sent = gradient(stableQuotient(signal, output, epsilon))
  return inputs.map((x, i) => tf.mul(x, sent[i]!))
}
