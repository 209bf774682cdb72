import { tf } from '@touchstone/tensor'
import { norm } from './norm.js'
import type { LrpStep, MakeRule } from './step.js'
import { share, stableQuotient } from './terms.js'

/**
 * The epsilon rule: R_in = x W^T (R / stab(x W + b)). On networks of ReLUs it gives input x gradient as epsilon goes to 0.
 *
 * Source: Bach et al., "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance propagation", 2015, equation 58.
 */
export const epsilon: MakeRule = (options) => (step) => {
  const { inputs: [x], weights: { kernel, bias }, node, output } = step
  if (node.op === 'affine' || node.op === 'batch-norm') return [ofAffine(step, options)]
  if (!kernel) return norm(options)(step)
  return [share(step, [{ x: x!, kernel }], bias, step.signal, options, bias && options.bias === 'excluded' ? undefined : output)]
}

/** The rule 0: the epsilon rule with hardly an epsilon. */
export const zero: MakeRule = (options) => epsilon({ ...options, epsilon: 1e-9 })

/** Every output of y = s x + t has the one input, which takes the share of s x in it. */
function ofAffine({ inputs: [x], weights: { scale, shift }, output, signal, gradient }: LrpStep, { bias, epsilon: e }: Parameters<MakeRule>[0]): tf.Tensor {
  if (!shift || bias !== 'kept') return signal
  return tf.mul(x!, gradient(stableQuotient(signal, output, e), scale && { scale })[0]!)
}
