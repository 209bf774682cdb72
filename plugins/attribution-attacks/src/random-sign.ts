import { breathe, defineExtension, judgeNeighbours, option, sameClass } from '@touchstone/core'
import * as z from 'zod/mini'

/**
 * `random-sign`: every value moved by epsilon up or down, at random, then cut to the dataset's range: x~ = clip(x + epsilon s), s_i = +-1. A single draw, not the
 * best of many, which is `attribution-attack` with the aim `random`.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024, the random sign perturbation.
 */
export const randomSign = defineExtension({
  kind: 'sampler',
  name: 'random-sign',
  summary: 'moves every input value by the same amount, up or down at random',
  citation: '"Rethinking Robustness of Model Attributions", AAAI 2024',
  traits: { dependsOn: 'model' },
  options: {
    epsilon: option(z.number('expected a number').check(z.gt(0, 'expected a number above 0')), { summary: 'how far each value moves', default: 8 / 255, unit: "share of the dataset's range" }),
    sameClass: option(z.boolean('expected true or false'), { summary: 'whether a neighbour must keep the predicted class of its example', default: true }),
  },
  cost: () => ({ rows: 1 }),
  create: ({ epsilon, sameClass: keepsClass }) => ({
    sample: async (context, count) => {
      const { example, dataset: { range: { low, high } }, randomness, signal } = context
      const inputs: Float32Array[] = []
      for (let draw = 0; draw < count; draw++) {
        await breathe(signal)
        const uniforms = randomness.uniforms('@touchstone/attribution-attacks random-sign', draw, example.input.length)
        inputs.push(example.input.map((value, i) => Math.min(high, Math.max(low, value + epsilon * (high - low) * (uniforms[i]! < 0.5 ? -1 : 1)))))
      }
      return judgeNeighbours(context, inputs, keepsClass ? [sameClass] : [])
    },
  }),
})
