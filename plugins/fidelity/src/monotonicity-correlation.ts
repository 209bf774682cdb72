import { canonicalJson, createToken, defineExtension, isConstant, option, resultOf, spearman, undefinedResult } from '@touchstone/core'
import * as z from 'zod/mini'
import { outputOption, outputsOfVariants, scaled } from './outputs.js'
import { perUnit, unitOption, unitsOf } from './units.js'

const uncertainty = createToken<Float64Array>('@touchstone/fidelity:uncertainty')

/**
 * Monotonicity by correlation: Spearman's correlation, over the units i, of |g_i| with E_v[ (F_y(x with unit i at v) - F_y(x))^2 ], v uniform in the
 * dataset's range, `samples` draws for each unit; in [-1, 1], higher is better. Undefined where either is the same for all units.
 *
 * units x samples rows, shared by all methods. The authors divide the expectation by F_y(x)^2, which no rank feels.
 *
 * Source: Nguyen, Rodríguez Martínez, "On quantitative aspects of model interpretability", 2020, section 3.
 */
export const monotonicityCorrelation = defineExtension({
  kind: 'score',
  name: 'monotonicity-correlation',
  summary: 'Rank correlation of absolute attributions with how much the output moves when a single unit is replaced at random',
  citation: 'Nguyen, Rodríguez Martínez, "On quantitative aspects of model interpretability", 2020, section 3',
  traits: { direction: 'higher', judges: 'faithfulness' },
  options: {
    samples: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(100_000, 'expected at most 100000')), { summary: 'how many values each unit is replaced by', default: 10, unit: 'values' }),
    output: outputOption('probability'),
    unit: unitOption,
  },
  cost: ({ samples, unit }, inputShape) => (inputShape ? { rows: 0, shared: unitsOf(inputShape, unit).count * samples } : undefined),
  create: ({ samples, output, unit }) => ({
    direction: 'higher',
    score: async (context) => {
      const moves = await context.kept(uncertainty, canonicalJson({ samples, output, unit }), async () => {
        const { count, width } = unitsOf(context.model.inputShape, unit)
        const { low, high } = context.dataset.range
        const drawn = Array.from({ length: samples }, (_, draw) => context.randomness.uniforms('@touchstone/fidelity replacement', draw, count * width))
        const replaced = await outputsOfVariants(context, count * samples, output, (x, row) => {
          const unitIndex = Math.floor(row / samples)
          for (let index = unitIndex * width; index < (unitIndex + 1) * width; index++) x[index] = low + (high - low) * drawn[row % samples]![index]!
        })
        const first = scaled(context.outputs, context, output)
        const sums = new Float64Array(count)
        replaced.forEach((value, row) => (sums[Math.floor(row / samples)]! += (value - first) ** 2))
        return sums.map((sum) => sum / samples)
      })
      const importance = perUnit(context.map, unit).map(Math.abs)
      if (isConstant(moves)) return undefinedResult('the output moves by the same whichever unit is replaced')
      if (isConstant(importance)) return undefinedResult('the absolute attributions are all equal')
      return resultOf(spearman(importance, moves))
    },
  }),
})
