import { defineExtension } from '@touchstone/core'
import { attributerFromMap, inputGradient, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** x dF_y / dx, value by value, in the shape of `x`. */
export const inputXGradientMap: TensorMap = (network, x, targets) => tf.mul(x, inputGradient(network, x, targets))

/**
 * Input x gradient: A(x)_i = x_i dF_y(x) / dx_i, signed, in the shape of the input. On a network without biases whose layers are linear or
 * ReLU the map adds up to the logit.
 *
 * Source: Shrikumar, Greenside, Shcherbina, Kundaje, "Not just a black box", 2016.
 */
export const inputXGradient = defineExtension({
  kind: 'attributer',
  name: 'input-x-gradient',
  summary: 'Input times gradient of the logit: x dF_y / dx',
  citation: 'Shrikumar, Greenside, Shcherbina, Kundaje, "Not just a black box: learning important features through propagating activation differences", 2016',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  cost: () => ({ rows: 1 }),
  create: () => attributerFromMap(inputXGradientMap),
})
