import { areaUnder, defineExtension, descending, mean, resultOf, undefinedResult } from '@touchstone/core'
import { absentDiagnostics, absentOption, absentValues, fitsAbsent } from './absent.js'
import { outputOption, scaled } from './outputs.js'
import { outputsAlong, perStepOption, stepsOf } from './ranking.js'
import { perUnit, rankingFault, unitOption, unitsOf } from './units.js'

/**
 * Pixel flipping: the output after each of L steps, each of which puts the `perStep` units of the next largest attributions to the baseline. The value is the
 * curve's mean height, its area by the trapezoid rule over L - 1; in [0, 1] for probabilities, lower is better. `parts.aopc` is the area over
 * the curve of Samek et al., sum_{k = 0..L} (F_y(x) - F_y(x_k)) / (L + 1), of which higher is better.
 *
 * ceil(units / perStep) rows for each method. Undefined for a constant map.
 *
 * Source: Bach, Binder, Montavon, Klauschen, Müller, Samek, "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance
 * Propagation", PLoS ONE 2015; Samek et al., "Evaluating the visualization of what a deep neural network has learned", IEEE TNNLS 2017, equation 12.
 */
export const pixelFlipping = defineExtension({
  kind: 'score',
  name: 'pixel-flipping',
  summary: 'Mean output while the units of the largest attributions are flipped to the baseline, step by step',
  citation: 'Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation", PLoS ONE 2015',
  traits: { direction: 'lower', judges: 'faithfulness', curve: { x: 'share of units taken away', y: 'output of the class' } },
  options: { perStep: perStepOption, baseline: absentOption, output: outputOption('probability'), unit: unitOption },
  cost: ({ perStep, unit }, inputShape) => (inputShape ? { rows: stepsOf(unitsOf(inputShape, unit).count, perStep).length, shared: 1 } : undefined),
  create: ({ perStep, baseline, output, unit }) => ({
    direction: 'lower',
    fits: fitsAbsent(baseline, 'pixel-flipping'),
    score: async (context) => {
      const { model, example, map, outputs } = context
      const attributions = perUnit(map, unit)
      const fault = rankingFault(attributions)
      if (fault !== undefined) return undefinedResult(fault)
      const { count, width } = unitsOf(model.inputShape, unit)
      const counts = stepsOf(count, perStep)
      const path = { from: example.input, to: await absentValues(baseline, context, 'pixel-flipping'), order: descending(attributions), counts, width }
      const [along, details] = await Promise.all([outputsAlong(context, path, output), absentDiagnostics(baseline, context, 'pixel-flipping')])
      const y = [...along]
      const height = y.length === 1 ? y[0]! : areaUnder(y.map((_, step) => step), y) / (y.length - 1)
      const first = scaled(outputs, context, output)
      return resultOf(height, { parts: { aopc: first - mean([first, ...y]) }, curve: { x: counts.map((one) => one / count), y }, ...details })
    },
  }),
})
