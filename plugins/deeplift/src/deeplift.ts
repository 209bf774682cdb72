import { baselineCount, baselineOption, baselineValues, defineExtension, option, type Attributer, type Baseline } from '@touchstone/core'
import { attributerFromMap, tensorMapOf, type SteppedMap, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { contributions, type ContributionOptions } from './contributions.js'

export interface DeepLiftOptions extends ContributionOptions {
  /** The values of each baseline, row-major in the shape of an input; zeros unless told. */
  readonly baselines?: readonly Float32Array[]
}

/** One step per baseline, and their mean. */
function steppedMap({ baselines, ...options }: DeepLiftOptions): SteppedMap {
  const count = baselines?.length ?? 1
  return {
    count,
    step: (network, x, targets, index) => {
      const shape = [1, ...network.inputShape]
      const x0 = baselines ? tf.tensor(baselines[index]!, shape) : tf.zeros(shape)
      return tf.div(contributions(network, x, x0, targets, options)[0]!, count)
    },
  }
}

/** DeepLIFT as one tensor function: contributions of the input, in the shape of `x`, the mean over the baselines. */
export const deepLiftMap = (options: DeepLiftOptions = {}): TensorMap => tensorMapOf(steppedMap(options))

/** Reads the baselines when it is first asked for maps. */
function attributerOf({ baseline, ...options }: ContributionOptions & { readonly baseline: Baseline }): Attributer {
  return {
    attribute: async (request) => {
      const baselines = await baselineValues(baseline, request.model.inputShape, request.reference, 'deeplift')
      return attributerFromMap(steppedMap({ ...options, baselines })).attribute(request)
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
