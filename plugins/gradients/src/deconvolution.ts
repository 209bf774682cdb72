import { defineExtension } from '@touchstone/core'
import { attributerFromMap, inputGradient, type RuleFor, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { rectifiers } from './rectifiers.js'

/** max(0, signal) at every rectifier, whatever went through it. */
const rules: readonly RuleFor[] = [{ for: rectifiers, rule: ({ signal }) => [tf.relu(signal)] }]

/** The signal of F_y sent back with every rectifier applied to the signal instead of to its input. */
export const deconvolutionMap: TensorMap = (network, x, targets) => inputGradient(network, x, targets, { rules })

/**
 * Deconvolution: dF_y / dx, where a ReLU lets a signal back if it is positive, whatever the ReLU's input was: R_in = max(0, R_out). Signed, since
 * the layers after the last ReLU back are plain, and not multiplied by the input.
 *
 * ReLU, ReLU6 and leaky ReLU change; all other layers keep their plain gradient, max-pooling goes back to where its maximum was. On a network
 * of convolutions, dense layers and ReLU alone the map does not depend on the input at all.
 *
 * Source: Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 2.1.
 */
export const deconvolution = defineExtension({
  kind: 'attributer',
  name: 'deconvolution',
  summary: 'Signal of the logit sent back with ReLUs that look at the signal alone: max(0, signal)',
  citation: 'Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 2.1',
  traits: { signed: true, needs: ['network'], differentiable: 'no' },
  cost: () => ({ rows: 1 }),
  create: () => attributerFromMap(deconvolutionMap),
})
