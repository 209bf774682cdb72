import { defineExtension } from '@touchstone/core'
import { attributerFromMap, inputGradient, type RuleFor, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { rectifiers } from './rectifiers.js'

/** f'(z) max(0, signal) at every rectifier y = f(z): for a ReLU, max(0, signal) where z > 0. */
export const guidedRules: readonly RuleFor[] = [{ for: rectifiers, rule: ({ signal, gradient }) => gradient(tf.relu(signal)) }]

/** The gradient of F_y with negative signals stopped at every rectifier. */
export const guidedBackpropMap: TensorMap = (network, x, targets) => inputGradient(network, x, targets, { rules: guidedRules })

/**
 * Guided backpropagation: dF_y / dx, where a ReLU lets a signal back only if it is positive and so was the ReLU's input z:
 * R_in = 1[z > 0] max(0, R_out). Signed, since the layers after the last ReLU back are plain, and not multiplied by the input.
 *
 * ReLU, ReLU6 and leaky ReLU change, R_in = f'(z) max(0, R_out); all other layers, other activations too, keep their plain gradient.
 *
 * Source: Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for simplicity: the all convolutional net", 2015, section 3.4.
 */
export const guidedBackprop = defineExtension({
  kind: 'attributer',
  name: 'guided-backprop',
  summary: 'Gradient of the logit in which a ReLU stops negative signals: 1[z > 0] max(0, signal)',
  citation: 'Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for simplicity: the all convolutional net", ICLR workshop 2015, section 3.4',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  cost: () => ({ rows: 1 }),
  create: () => attributerFromMap(guidedBackpropMap),
})
