import { canonicalJson, createToken, defineExtension, isRecord, mean, option, resultOf, type ScoreContext } from '@touchstone/core'
import * as z from 'zod/mini'
import { absentDiagnostics, absentOption, absentValues, type Absent } from './absent.js'
import { outputsOfVariants } from './outputs.js'
import { fitsSubsets, maskedOutputs, outputScale, runsOption, subsetSize, type Square, type SubsetSize } from './subsets.js'
import { sumsOver } from './unit-sets.js'
import { unitOption, unitsOf, type Unit } from './units.js'

/** What is subtracted from the input: x - b on a random subset or a random square of pixels, which is so taken away, or Gaussian noise of a standard deviation on every value. */
export type Perturbation = { readonly subset: SubsetSize } | Square | { readonly noise: number }

const isPerturbation = (value: unknown): value is Perturbation => {
  if (!isRecord(value) || Object.keys(value).length !== 1) return false
  if ('subset' in value) return subsetSize.safeParse(value.subset).success
  if ('square' in value) return Number.isSafeInteger(value.square) && (value.square as number) >= 1
  return typeof value.noise === 'number' && value.noise > 0 && Number.isFinite(value.noise)
}

interface InfidelityOptions {
  readonly perturbation: Perturbation
  readonly runs: number
  readonly baseline: Absent
  readonly unit: Unit
}

/** Random perturbations I of an example. */
interface Perturbed {
  /** I . w of every perturbation, [runs]. */
  readonly dot: (weights: Float64Array) => Float64Array
  /** F_y(x) - F_y(x - I), [runs]. */
  readonly falls: Float64Array
  /** x - b. */
  readonly range: Float64Array
}

/**
 * Infidelity(x) = E_I[ ( I . g - (F_y(x) - F_y(x - I)) )^2 ] over `runs` random perturbations I; in [0, inf), lower is better. 0 for w on a linear model, and
 * for w (x - b) where maps are multiplied by inputs.
 *
 * A map that is multiplied by its inputs (integrated gradients, input-x-gradient, DeepLIFT, LRP, Shapley values) stands for contributions; of these
 * I_i / (x_i - b_i) is the part that I takes away (0 in the denominator counts as 1). `multipliedByInputs` must say which the maps are. With `normalise`
 * the map is scaled by beta = E[(I . g) fall] / E[(I . g)^2], the best factor, so that only its direction counts.
 *
 * Source: Yeh, Hsieh, Suggala, Inouye, Ravikumar, "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, definition 2.1; the factor as in
 * the authors' code and in Captum.
 */
export const infidelity = defineExtension({
  kind: 'score',
  name: 'infidelity',
  summary: 'Mean squared difference of what a map says a perturbation does to the output and of what it does',
  citation: 'Yeh, Hsieh, Suggala, Inouye, Ravikumar, "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, definition 2.1',
  traits: { direction: 'lower', judges: 'faithfulness' },
  options: {
    perturbation: option(z.custom<Perturbation>(isPerturbation, 'expected { subset: 10 }, { subset: { share: 0.5 } }, { square: 4 } or { noise: 0.1 }'), {
      summary: 'what is taken away: a random subset, put to the baseline, as { subset: 10 } or { subset: { share: 0.5 } }; a square of so many pixels at a random place of the image, as { square: 4 }; or Gaussian noise of a standard deviation, as { noise: 0.1 }',
      default: { subset: { share: 0.5 } },
    }),
    runs: runsOption(400),
    baseline: absentOption,
    unit: unitOption,
    multipliedByInputs: option(z.boolean('expected true or false'), { summary: 'whether maps are contributions, such as those of integrated gradients, rather than slopes, such as those of gradients', default: true }),
    normalise: option(z.boolean('expected true or false'), { summary: 'whether the map is scaled by the factor that suits it best', default: false }),
  },
  cost: ({ runs, perturbation }) => ({ rows: 0, shared: 'noise' in perturbation ? runs : runs + 1 }),
  create: ({ multipliedByInputs, normalise, ...options }) => ({
    direction: 'lower',
    fits: fitsSubsets('noise' in options.perturbation ? [] : ['square' in options.perturbation ? options.perturbation : options.perturbation.subset], options, 'infidelity'),
    score: async (context) => {
      const [{ dot, falls, range }, details] = await Promise.all([perturbed(context, options), 'noise' in options.perturbation ? {} : absentDiagnostics(options.baseline, context, 'infidelity')])
      const slopes = Float64Array.from(context.map.data, (value, index) => (multipliedByInputs ? value / (range[index] === 0 ? 1 : range[index]!) : value))
      return resultOf(meanSquaredGap(dot(slopes), falls, normalise), details)
    },
  }),
})

/** mean (beta a - b)^2, with beta = mean ab / mean a^2 (0 where a is 0) if normalised, else 1. */
export function meanSquaredGap(expected: ArrayLike<number>, falls: ArrayLike<number>, normalise: boolean): number {
  const a = Float64Array.from(expected)
  const squares = mean(a.map((value) => value * value))
  const beta = normalise ? mean(a.map((value, run) => value * falls[run]!)) / (squares === 0 ? 1 : squares) : 1
  return mean(a.map((value, run) => (beta * value - falls[run]!) ** 2))
}

function perturbed(context: ScoreContext, { perturbation, ...options }: InfidelityOptions): Promise<Perturbed> {
  if ('noise' in perturbation) return byNoise(context, perturbation.noise, options)
  return bySubsets(context, { subset: 'square' in perturbation ? perturbation : perturbation.subset, ...options })
}

/** I = x - b on the subsets that `fidelity` takes away, or on squares. */
async function bySubsets(context: ScoreContext, options: Parameters<typeof maskedOutputs>[1]): Promise<Perturbed> {
  const { subsets, falls, absent } = await maskedOutputs(context, options, 'infidelity')
  const range = differenceOf(context.example.input, absent)
  const { count, width } = unitsOf(context.model.inputShape, options.unit)
  return {
    falls,
    range,
    dot: (weights) => {
      const contributions = new Float64Array(count)
      weights.forEach((weight, index) => (contributions[Math.floor(index / width)]! += weight * range[index]!))
      return sumsOver(subsets, contributions)
    },
  }
}

const fallsByNoise = createToken<Float64Array>('@touchstone/fidelity:falls-by-noise')

async function byNoise(context: ScoreContext, sd: number, { runs, baseline }: Omit<InfidelityOptions, 'perturbation'>): Promise<Perturbed> {
  const { example, outputs, target, randomness } = context
  const noiseOf = (run: number): Float64Array => randomness.normals('@touchstone/fidelity noise', run, example.input.length)
  const falls = await context.kept(fallsByNoise, canonicalJson({ sd, runs }), async () => {
    const without = await outputsOfVariants(context, runs, outputScale(context), (x, run) => noiseOf(run).forEach((value, index) => (x[index]! -= sd * value)))
    return without.map((output) => outputs[target]! - output)
  })
  return {
    falls,
    range: differenceOf(example.input, await absentValues(baseline, context, 'infidelity')),
    dot: (weights) => Float64Array.from({ length: runs }, (_, run) => noiseOf(run).reduce((sum, value, index) => sum + sd * value * weights[index]!, 0)),
  }
}

function differenceOf(a: Float32Array, b: Float32Array): Float64Array {
  return Float64Array.from(a, (value, index) => value - b[index]!)
}
