import { defineExtension, option } from '@touchstone/core'
import { attributerFromMap, inputGradient, tensorMapOf, type SteppedMap, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { gaussLegendre } from './gauss-legendre.js'

export interface IntegratedGradientsOptions {
  /** Points on the path; each costs one row. */
  readonly steps: number
  /** The value of every input of the baseline x0. */
  readonly baseline: number
}

/** (x - x0) sum_k w_k dF_y(x0 + a_k (x - x0)) / dx with Gauss-Legendre points a_k and weights w_k on [0, 1]. */
function steppedMap({ steps, baseline }: IntegratedGradientsOptions): SteppedMap {
  const { points, weights } = gaussLegendre(steps)
  return {
    count: steps,
    step: (network, x, targets, k) => {
      const onPath = tf.add(tf.mul(x, points[k]!), baseline * (1 - points[k]!))
      return tf.mul(inputGradient(network, onPath, targets), weights[k]!)
    },
    finish: (x, meanGradient) => tf.mul(tf.sub(x, baseline), meanGradient),
  }
}

/** Integrated gradients as one tensor function. */
export const integratedGradientsMap = (options: IntegratedGradientsOptions): TensorMap => tensorMapOf(steppedMap(options))

/**
 * Integrated gradients: A(x)_i = (x_i - x0_i) * integral over a in [0, 1] of dF_y(x0 + a (x - x0)) / dx_i, signed, in the shape of the input.
 * The map adds up to F_y(x) - F_y(x0) as the number of steps grows (completeness).
 *
 * Source: Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", ICML 2017, equation 1.
 */
export const integratedGradients = defineExtension({
  kind: 'attributer',
  name: 'integrated-gradients',
  summary: 'Gradients averaged along the line from a baseline to the input, times their difference',
  citation: 'Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", ICML 2017, equation 1',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  options: {
    steps: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(10_000, 'expected at most 10000')), {
      summary: 'Gauss-Legendre points on the path',
      default: 50,
      unit: 'rows',
    }),
    baseline: option(z.number('expected a number'), { summary: 'the value of every input of the baseline', default: 0 }),
  },
  cost: ({ steps }) => ({ rows: steps }),
  create: (options) => attributerFromMap(steppedMap(options)),
})
