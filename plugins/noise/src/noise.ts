import { breathe, defineExtension, judgeNeighbours, option, sameClass, type Dataset, type Randomness } from '@touchstone/core'
import * as z from 'zod/mini'

const positive = 'expected a number above 0'
const trueOrFalse = 'expected true or false'

/** How noise is drawn around an input. */
export interface NoiseOptions {
  readonly kind: 'uniform' | 'gaussian'
  /** The half-width of uniform noise, the standard deviation of Gaussian noise; in units of the input values. */
  readonly radius: number
  /** Whether values outside the dataset's range are cut to it. */
  readonly clip: boolean
}

/**
 * The noisy input number `draw`: x~_i = x_i + radius * n_i, with n_i ~ U(-1, 1) or N(0, 1), each value for itself, then cut to the range.
 *
 * The numbers depend on the randomness and `draw` alone, so neighbour 3 is the same of 10 neighbours and of 100, and other radii stretch the same noise.
 */
export function noisy(input: Float32Array, { kind, radius, clip }: NoiseOptions, range: Dataset['range'], randomness: Randomness, draw: number): Float32Array {
  const noise =
    kind === 'uniform' ? randomness.uniforms('@touchstone/noise', draw, input.length).map((u) => 2 * u - 1) : randomness.normals('@touchstone/noise', draw, input.length)
  const { low, high } = clip ? range : { low: -Infinity, high: Infinity }
  return input.map((value, index) => Math.min(high, Math.max(low, value + radius * noise[index]!)))
}

/**
 * `noise`: neighbours by independent noise on every input value. With `sameClass`, those to which the model gives another class are rejected as
 * `other class`; they stay in the list.
 */
export const noise = defineExtension({
  kind: 'sampler',
  name: 'noise',
  summary: 'adds uniform or Gaussian noise to every input value',
  traits: { dependsOn: 'model' },
  options: {
    kind: option(z.enum(['uniform', 'gaussian'], 'expected "uniform" or "gaussian"'), { summary: 'the distribution of the noise', default: 'uniform' }),
    radius: option(z.number(positive).check(z.positive(positive)), {
      summary: 'half-width of uniform noise, standard deviation of Gaussian noise',
      default: 0.1,
      unit: 'input values',
    }),
    clip: option(z.boolean(trueOrFalse), { summary: "whether values outside the dataset's range are cut to it", default: true }),
    sameClass: option(z.boolean(trueOrFalse), { summary: 'whether a neighbour must keep the predicted class of its example', default: false }),
  },
  cost: () => ({ rows: 1 }),
  create: (options) => ({
    sample: async (context, count) => {
      const { example, dataset, randomness, signal } = context
      const inputs: Float32Array[] = []
      for (let draw = 0; draw < count; draw++) {
        await breathe(signal)
        inputs.push(noisy(example.input, options, dataset.range, randomness, draw))
      }
      return judgeNeighbours(context, inputs, options.sameClass ? [sameClass] : [])
    },
  }),
})
