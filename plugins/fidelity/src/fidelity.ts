import { defineExtension, isConstant, pearson, resultOf, undefinedResult, type Result, type ResultDetails } from '@touchstone/core'
import { absentDiagnostics, absentOption } from './absent.js'
import { fitsSubsets, maskedOutputs, runsOption, subsetOption, type Masked } from './subsets.js'
import { sumsOver } from './unit-sets.js'
import { perUnit, unitOption } from './units.js'

/**
 * Fidelity mu_F(x) = corr_S( sum_{i in S} g_i, F_y(x) - F_y(x with S at the baseline) ): Pearson's correlation over `runs` random subsets S of one size;
 * in [-1, 1], higher is better. 1 for g = w (x - b) of a linear model with weights w and baseline b.
 *
 * F is what the model gives: logits, where it has them. The subsets follow from the seed and the example, and are the same for all methods. The standard
 * error of r over the choice of subsets is about (1 - r^2) / sqrt(runs - 3), `parts.standardError`. Undefined where the sums, or the falls of the
 * output, are all equal. One row per run, shared by all methods, and one
 * for the baseline: where the model gives it the class under explanation the diagnostics say so.
 *
 * Source: Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, section 3.
 */
export const fidelity = defineExtension({
  kind: 'score',
  name: 'fidelity',
  summary: 'mu_F: correlation, over random subsets of the input, of the attributions in it with the fall of the output without it',
  citation: 'Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, section 3',
  traits: { direction: 'higher', judges: 'faithfulness' },
  options: { subset: subsetOption, runs: runsOption(400), baseline: absentOption, unit: unitOption },
  cost: ({ runs }) => ({ rows: 0, shared: runs + 1 }),
  create: (options) => ({
    direction: 'higher',
    fits: fitsSubsets([options.subset], options, 'fidelity'),
    score: async (context) => {
      const [masked, details] = await Promise.all([maskedOutputs(context, options, 'fidelity'), absentDiagnostics(options.baseline, context, 'fidelity')])
      return correlation(perUnit(context.map, options.unit), masked, details)
    },
  }),
})

/** corr_S( sum_{i in S} g_i, fall(S) ), with its standard error, and what else is to be said. */
export function correlation(attributions: Float64Array, { subsets, falls }: Pick<Masked, 'subsets' | 'falls'>, details: Pick<ResultDetails, 'diagnostics'> = {}): Result {
  if (isConstant(falls)) return undefinedResult('the output falls by the same whatever is taken away: the baseline makes no difference to the model, or the subset is the whole input', details)
  const r = pearson(sumsOver(subsets, attributions), falls)
  if (Number.isNaN(r)) return undefinedResult('the attributions of every subset add up to the same', details)
  return resultOf(r, { ...details, ...(falls.length > 3 && { parts: { standardError: (1 - r * r) / Math.sqrt(falls.length - 3) } }) })
}
