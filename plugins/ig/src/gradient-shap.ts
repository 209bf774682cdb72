import { baselineOption, baselineValues, defineExtension, eachRow, option, type Attributer, type Baseline } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import * as z from 'zod/mini'
import { eachGradient, passageOf } from './rows-in-batches.js'

export interface GradientShapOptions {
  /** Draws per input; each costs one row. */
  readonly samples: number
  /** The standard deviation of noise on each input value. */
  readonly stdev: number
  /** What baselines are drawn from. */
  readonly baseline: Baseline
}

/** The attributer behind `gradient-shap`. */
export function gradientShapAttributer({ samples, stdev, baseline }: GradientShapOptions): Attributer {
  return {
    fits: async (model, dataset) => {
      networkOf(model)
      await baselineValues(baseline, model.inputShape, dataset, 'gradient-shap')
    },
    attribute: async (request) => {
      const { model, inputs, targets, randomness, reference } = request
      const passage = passageOf(request)
      const baselines = await baselineValues(baseline, model.inputShape, reference, 'gradient-shap')
      const rows = eachRow(inputs)
      const data = new Float32Array(inputs.data.length)
      /** x~ - x0 of the draws whose gradients are on their way. */
      const differences: Float64Array[] = []
      let sum = new Float64Array(0)
      await eachGradient(passage, {
        count: rows.length * samples,
        write: (on, index) => {
          const [row, draw] = [Math.floor(index / samples), index % samples]
          const numbers = randomness[row]!
          const uniforms = numbers.uniforms('@touchstone/gradient-shap', draw, 2)
          const x0 = baselines[Math.floor(uniforms[0]! * baselines.length)]!
          const a = uniforms[1]!
          const x = rows[row]!
          const noise = stdev > 0 ? numbers.normals('@touchstone/gradient-shap noise', draw, on.length) : undefined
          const difference = new Float64Array(on.length)
          for (let i = 0; i < on.length; i++) {
            difference[i] = x[i]! + (noise ? stdev * noise[i]! : 0) - x0[i]!
            on[i] = x0[i]! + a * difference[i]!
          }
          differences.push(difference)
          return targets[row]!
        },
        take: (gradient, index) => {
          const draw = index % samples
          const difference = differences.shift()!
          if (draw === 0) sum = new Float64Array(gradient.length)
          for (let i = 0; i < gradient.length; i++) sum[i]! += difference[i]! * gradient[i]!
          if (draw === samples - 1) data.set(sum.map((value) => value / samples), Math.floor(index / samples) * sum.length)
        },
      })
      return { shape: inputs.shape, data }
    },
  }
}

/**
 * Expected gradients: A(x)_i = the mean over draws of (x~_i - x0_i) dF_y(x0 + a (x~ - x0)) / dx_i, with x0 drawn from the baselines, a uniform on
 * [0, 1], and x~ = x + e, e ~ N(0, stdev^2). Signed, in the shape of the input. Without noise an unbiased estimate of integrated gradients
 * averaged over the baselines, whose error falls with 1 / sqrt(samples).
 *
 * Draws follow from the example's randomness: its neighbours have the same baselines, places on the path and noise, so that a robustness score compares
 * two maps, not two draws.
 *
 * Source: Erion, Janizek, Sturmfels, Lundberg, Lee, "Improving performance of deep learning models with axiomatic attribution priors and expected
 * gradients", Nature Machine Intelligence 2021, equation 3; the noise as in Captum's GradientShap (Kokhlikyan et al. 2020).
 */
export const gradientShap = defineExtension({
  kind: 'attributer',
  name: 'gradient-shap',
  summary: 'Gradients at random places between random baselines and the input, times their difference: expected gradients',
  citation: 'Erion, Janizek, Sturmfels, Lundberg, Lee, "Improving performance of deep learning models with axiomatic attribution priors and expected gradients", Nature Machine Intelligence 2021, equation 3',
  traits: { signed: true, needs: ['network'], differentiable: 'no' },
  options: {
    samples: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(100_000, 'expected at most 100000')), { summary: 'draws of a baseline and a place on the path to it', default: 50, unit: 'rows' }),
    stdev: option(z.number('expected a number').check(z.gte(0, 'expected at least 0')), { summary: 'standard deviation of the noise that every draw adds to the input', default: 0, unit: 'input values' }),
    baseline: baselineOption({ examples: 100 }),
  },
  cost: ({ samples }) => ({ rows: samples }),
  create: gradientShapAttributer,
})
