import { baselineCount, baselineOption, baselineValues, defineExtension, option, type Attributer, type Baseline } from '@touchstone/core'
import { attributerFromMap, networkOf, tensorMapOf, type SteppedMap, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { contributions, type ContributionOptions } from './contributions.js'
import { checkLayers } from './rules/table.js'

export interface DeepLiftOptions extends Omit<ContributionOptions, 'baseline'> {
  /** x0: one number for every value, 0 unless told, or a tensor that can be broadcast to the input; of several the maps are averaged. */
  readonly baseline?: number | tf.Tensor | { readonly average: readonly (number | tf.Tensor)[] }
}

/** A step for each of several baselines, which are made when their turn comes; the sum is the mean map. */
function steppedMap(options: ContributionOptions, baselines: readonly (() => number | tf.Tensor)[]): SteppedMap {
  return {
    count: baselines.length,
    step: (network, x, targets, index) => tf.div(contributions(network, x, targets, { ...options, baseline: baselines[index]!() })[0]!, baselines.length),
  }
}

/** DeepLIFT as one tensor function: contributions of the input, in the shape of `x`. */
export function deepLiftMap({ baseline = 0, ...options }: DeepLiftOptions = {}): TensorMap {
  const baselines = typeof baseline === 'object' && 'average' in baseline ? baseline.average : [baseline]
  return tensorMapOf(steppedMap(options, baselines.map((one) => () => one)))
}

function attributerOf({ baseline, ...options }: Omit<ContributionOptions, 'baseline'> & { readonly baseline: Baseline }): Attributer {
  return {
    fits: async (model, dataset) => {
      const { graph, inputShape } = networkOf(model)
      checkLayers(graph)
      await baselineValues(baseline, inputShape, dataset, 'deeplift')
    },
    attribute: async (request) => {
      const { inputShape } = networkOf(request.model)
      const baselines = await baselineValues(baseline, inputShape, request.reference, 'deeplift')
      return attributerFromMap(steppedMap(options, baselines.map((values) => () => tf.tensor(values, [...inputShape])))).attribute(request)
    },
  }
}

/**
 * DeepLIFT: the difference of the target's logit from that of a baseline x0 is handed back layer by layer as multipliers m = contribution / difference,
 * A(x)_i = m_i (x_i - x0_i), in one pass back. Maps are signed, have the shape of the input and add up to F_y(x) - F_y(x0). Of several baselines the
 * mean, as in DeepSHAP.
 *
 * Linear layers: their gradient. Activations: Rescale or RevealCancel. Max-pooling and products: rules under which contributions add up, too.
 *
 * Source: Shrikumar, Greenside, Kundaje, "Learning important features through propagating activation differences", ICML 2017. Several baselines:
 * Lundberg, Lee, "A unified approach to interpreting model predictions", NeurIPS 2017, section 4.2.
 */
export const deeplift = defineExtension({
  kind: 'attributer',
  name: 'deeplift',
  summary: 'The difference of the logit from that at a baseline, handed back through the layers by differences of their values',
  citation: 'Shrikumar, Greenside, Kundaje, "Learning important features through propagating activation differences", ICML 2017',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  options: {
    rule: option(z.enum(['rescale', 'reveal-cancel'], 'expected rescale or reveal-cancel'), {
      summary: 'how differences go through activations: as a whole (rescale), or positive and negative parts each by their own effect (reveal-cancel)',
      default: 'rescale',
    }),
    baseline: baselineOption(),
    inputFactor: option(z.boolean('expected true or false'), { summary: 'whether multipliers are multiplied by the difference of the input from the baseline', default: true }),
  },
  cost: ({ baseline }) => ({ rows: 2 * baselineCount(baseline) }),
  create: (options) => attributerOf(options),
})
