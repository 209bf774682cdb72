import { defineExtension } from '@touchstone/core'
import { attributerFromMap, inputGradient, type TensorMap } from '@touchstone/network'

/** dF_y / dx, value by value, in the shape of `x`. */
export const gradientMap: TensorMap = (network, x, targets) => inputGradient(network, x, targets)

/**
 * Gradient: A(x)_i = dF_y(x) / dx_i, the slope of the target's logit, signed, in the shape of the input. Saliency is its size.
 *
 * Source: Baehrens, Schroeter, Harmeling, Kawanabe, Hansen, Müller, "How to explain individual classification decisions", JMLR 2010.
 */
export const gradient = defineExtension({
  kind: 'attributer',
  name: 'gradient',
  summary: 'Gradient of the logit: dF_y / dx',
  citation: 'Baehrens, Schroeter, Harmeling, Kawanabe, Hansen, Müller, "How to explain individual classification decisions", JMLR 11, 2010',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  cost: () => ({ rows: 1 }),
  create: () => attributerFromMap(gradientMap),
})
