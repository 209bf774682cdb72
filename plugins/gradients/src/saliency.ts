import { defineExtension } from '@touchstone/core'
import { attributerFromMap, inputGradient, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** |dF_y / dx|, value by value, in the shape of `x`. */
export const saliencyMap: TensorMap = (network, x, targets) => tf.abs(inputGradient(network, x, targets))

/**
 * Saliency: the absolute gradient of the target's logit, A(x)_i = |dF_y(x) / dx_i|, in the shape of the input and without a sign.
 *
 * Source: Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks", 2014, section 3.
 */
export const saliency = defineExtension({
  kind: 'attributer',
  name: 'saliency',
  summary: 'Absolute gradient of the logit: |dF_y / dx|',
  citation: 'Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks: visualising image classification models and saliency maps", 2014',
  traits: { signed: false, needs: ['network'], differentiable: 'with surrogate' },
  cost: () => ({ rows: 1 }),
  create: () => attributerFromMap(saliencyMap),
})
