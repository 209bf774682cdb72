import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { positive, share } from './terms.js'

/**
 * The gamma rule as Captum has it: positive weights count 1 + gamma times, whatever the sign of their inputs, and the bias as it is:
 * R_in = x V^T (R / stab(x V + b)), V = W + gamma W+. Behind a ReLU and without biases it is the gamma rule.
 */
export const captumGamma: MakeRule = (options) => (step) => {
  const { inputs: [x], weights: { kernel, bias } } = step
  return [share(step, [{ x: x!, kernel: tf.add(kernel!, tf.mul(options.gamma, positive(kernel!))) }], bias, step.signal, options)]
}
