import { areaUnder, defineExtension, descending, option, resultOf, undefinedResult, type Direction } from '@touchstone/core'
import * as z from 'zod/mini'
import { absentDiagnostics, absentOption, absentValues, fitsAbsent } from './absent.js'
import { outputOption } from './outputs.js'
import { outputsAlong } from './ranking.js'
import { perUnit, rankingFault, unitOption, unitsOf } from './units.js'

const citation = 'Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, section 4.2'

/** A score by the area under the output's curve on the way between the input and the baseline, the units of the largest attributions first. */
function areaScore(name: 'insertion' | 'deletion', direction: Direction, summary: string) {
  return defineExtension({
    kind: 'score',
    name,
    summary,
    citation,
    traits: { direction, judges: 'faithfulness', curve: { x: 'share of units taken away or put in', y: 'output of the class' } },
    options: {
      steps: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(1_000_000, 'expected at most 1000000')), { summary: 'how many steps lead from one end to the other; no more than there are units', default: 50, unit: 'steps' }),
      baseline: absentOption,
      output: outputOption('probability'),
      unit: unitOption,
    },
    cost: ({ steps, unit }, inputShape) => ({ rows: Math.min(steps, inputShape ? unitsOf(inputShape, unit).count : steps) + 1, shared: 1 }),
    create: ({ steps, baseline, output, unit }) => ({
      direction,
      fits: fitsAbsent(baseline, name),
      score: async (context) => {
        const { model, example, map } = context
        const attributions = perUnit(map, unit)
        const fault = rankingFault(attributions)
        if (fault !== undefined) return undefinedResult(fault)
        const { count, width } = unitsOf(model.inputShape, unit)
        const points = Math.min(steps, count)
        const counts = Array.from({ length: points + 1 }, (_, point) => Math.round((point * count) / points))
        const absent = await absentValues(baseline, context, name)
        const ends = name === 'deletion' ? { from: example.input, to: absent } : { from: absent, to: example.input }
        const [along, details] = await Promise.all([outputsAlong(context, { ...ends, order: descending(attributions), counts, width }, output), absentDiagnostics(baseline, context, name)])
        const y = [...along]
        const x = counts.map((one) => one / count)
        return resultOf(areaUnder(x, y), { curve: { x, y }, ...details })
      },
    }),
  })
}

/**
 * Deletion: the area under F_y(x with a share p of its units at the baseline), p from 0 to 1, the units of the largest attributions first, by the trapezoid
 * rule; in [0, 1] for probabilities, lower is better. Ties go by place. One row per step and one more, for each method. Undefined for a constant map.
 *
 * Source: Petsiuk, Das, Saenko, "RISE", BMVC 2018, section 4.2.
 */
export const deletion = areaScore('deletion', 'lower', "Area under the output's curve while the units of the largest attributions are taken away first")

/**
 * Insertion: the same from the baseline to the input; higher is better.
 *
 * Source: Petsiuk, Das, Saenko, "RISE", BMVC 2018, section 4.2.
 */
export const insertion = areaScore('insertion', 'higher', "Area under the output's curve while the units of the largest attributions are put into the baseline first")
