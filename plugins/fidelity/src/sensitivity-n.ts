import { defineExtension, mean, option, resultOf, undefinedResult } from '@touchstone/core'
import * as z from 'zod/mini'
import { absentDiagnostics, absentOption } from './absent.js'
import { correlation } from './fidelity.js'
import { fitsSubsets, maskedOutputs, runsOption, subsetSize } from './subsets.js'
import { perUnit, unitOption } from './units.js'

/**
 * Sensitivity-n: for each size n, corr_S( sum_{i in S} g_i, F_y(x) - F_y(x with S at the baseline) ) over `runs` random subsets S of n units, as
 * `fidelity` has it. The curve holds the correlation at each size, the value is their mean; in [-1, 1], higher is better. Sizes at which it is undefined
 * are left out and counted; where none is left the value is undefined.
 *
 * One row per size and run, shared by all methods.
 *
 * Source: Ancona, Ceolini, Öztireli, Gross, "Towards better understanding of gradient-based attribution methods for deep neural networks", ICLR 2018,
 * section 4.
 */
export const sensitivityN = defineExtension({
  kind: 'score',
  name: 'sensitivity-n',
  summary: 'Correlation of attributions with the fall of the output, over random subsets of several sizes; the mean over the sizes',
  citation: 'Ancona, Ceolini, Öztireli, Gross, "Towards better understanding of gradient-based attribution methods for deep neural networks", ICLR 2018, section 4',
  traits: { direction: 'higher', judges: 'faithfulness', curve: { x: 'size of the subsets', y: 'correlation' } },
  options: {
    sizes: option(z.array(subsetSize).check(z.minLength(1, 'expected at least one size'), z.maxLength(1000, 'expected at most 1000 sizes')), {
      summary: 'how many units are taken away at once: numbers, or shares of all as { share: 0.5 }',
      default: [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8].map((share) => ({ share })),
      unit: 'pixels or values',
    }),
    runs: runsOption(100),
    baseline: absentOption,
    unit: unitOption,
  },
  cost: ({ sizes, runs }) => ({ rows: 0, shared: sizes.length * runs + 1 }),
  create: ({ sizes, ...options }) => ({
    direction: 'higher',
    fits: fitsSubsets(sizes, options, 'sensitivity-n'),
    score: async (context) => {
      const attributions = perUnit(context.map, options.unit)
      const details = absentDiagnostics(options.baseline, context, 'sensitivity-n')
      const results = await Promise.all(
        sizes.map(async (subset) => {
          const masked = await maskedOutputs(context, { subset, ...options }, 'sensitivity-n')
          return { size: masked.subsets.size, result: correlation(attributions, masked) }
        }),
      )
      const known = results.flatMap(({ size, result: { value } }) => (value === undefined ? [] : [{ size, value }]))
      const { diagnostics } = await details
      if (known.length === 0) return undefinedResult(results[0]!.result.reason!, { ...(diagnostics && { diagnostics }) })
      const y = known.map(({ value }) => value)
      return resultOf(mean(y), { curve: { x: known.map(({ size }) => size), y }, ...((diagnostics !== undefined || known.length < results.length) && { diagnostics: { ...diagnostics, ...(known.length < results.length && { 'undefined sizes': results.length - known.length }) } }) })
    },
  }),
})
