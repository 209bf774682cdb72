import { ascending, defineExtension, resultOf, undefinedResult } from '@touchstone/core'
import { absentDiagnostics, absentOption, absentValues, fitsAbsent } from './absent.js'
import { outputOption } from './outputs.js'
import { outputsAlong, perStepOption, stepsOf } from './ranking.js'
import { perUnit, rankingFault, unitOption, unitsOf } from './units.js'

/**
 * Monotonicity: 1 where the output never falls while units are put into the baseline in the order of |attribution|, the smallest first, else 0; higher
 * is better. `parts.share` is the share of steps at which it does not fall. The mean over examples is the share of examples at which a method is monotone.
 *
 * ceil(units / perStep) rows for each method. Undefined for a constant map.
 *
 * Source: Arya et al., "One Explanation Does Not Fit All: A Toolkit and Taxonomy of AI Explainability Techniques", 2019, as in AIX360.
 */
export const monotonicity = defineExtension({
  kind: 'score',
  name: 'monotonicity',
  summary: 'Whether the output never falls while units are put into the baseline, those of the smallest attributions first',
  citation: 'Arya et al., "One Explanation Does Not Fit All: A Toolkit and Taxonomy of AI Explainability Techniques", 2019',
  traits: { direction: 'higher', judges: 'faithfulness', curve: { x: 'share of units put in', y: 'output of the class' } },
  options: { perStep: perStepOption, baseline: absentOption, output: outputOption('probability'), unit: unitOption },
  cost: ({ perStep, unit }, inputShape) => (inputShape ? { rows: stepsOf(unitsOf(inputShape, unit).count, perStep).length, shared: 1 } : undefined),
  create: ({ perStep, baseline, output, unit }) => ({
    direction: 'higher',
    fits: fitsAbsent(baseline, 'monotonicity'),
    score: async (context) => {
      const { model, example, map } = context
      const attributions = perUnit(map, unit).map(Math.abs)
      const fault = rankingFault(attributions)
      if (fault !== undefined) return undefinedResult(fault)
      const { count, width } = unitsOf(model.inputShape, unit)
      const counts = stepsOf(count, perStep)
      const path = { from: await absentValues(baseline, context, 'monotonicity'), to: example.input, order: ascending(attributions), counts, width }
      const [along, details] = await Promise.all([outputsAlong(context, path, output), absentDiagnostics(baseline, context, 'monotonicity')])
      const y = [...along]
      const falls = y.filter((value, step) => step > 0 && value < y[step - 1]!).length
      return resultOf(falls === 0 ? 1 : 0, { parts: { share: y.length === 1 ? 1 : 1 - falls / (y.length - 1) }, curve: { x: counts.map((one) => one / count), y }, ...details })
    },
  }),
})
