import {
  defineExtension,
  isFiniteArray,
  l2Distance,
  mean,
  option,
  quantile,
  ref,
  resultOf,
  UserError,
  undefinedResult,
  type AttributionMap,
  type Comparison,
  type Neighbour,
  type Result,
  type ScoreContext,
} from '@touchstone/core'
import * as z from 'zod/mini'

/** What a distance of two maps is divided by, for one neighbour. */
const denominators = {
  none: () => 1,
  'map-norm': ({ map }) => norm(map.data),
  'input-distance': (_context, { inputDistance }) => inputDistance.l2,
  'logit-distance': (_context, { logitDistance }) => Math.abs(logitDistance),
  'output-distance': ({ outputs }, neighbour) => l2Distance(outputs, neighbour.outputs),
} as const satisfies Record<string, (context: ScoreContext, neighbour: Neighbour) => number>

type RelativeTo = keyof typeof denominators

/** From the values at single neighbours to one value. */
const aggregates = {
  mean: (ascending: Float64Array) => mean(ascending),
  worst: (ascending: Float64Array, measures: Comparison['measures']) => ascending[measures === 'distance' ? ascending.length - 1 : 0]!,
  quantile: (ascending: Float64Array, measures: Comparison['measures'], p: number) => quantile(ascending, measures === 'distance' ? p : 1 - p),
} as const

const oneOf = <T extends string>(...values: readonly [T, ...T[]]) => z.enum(values, `expected ${values.map((value) => `"${value}"`).join(', ')}`)

/**
 * The one composition behind every robustness score: how far the map of an input lies from the maps of its neighbours.
 *
 *     aggregate over accepted neighbours x~ of  comparison(g(x), g(x~)) / relativeTo(x, x~)
 *
 * OSR, sensitivity, local Lipschitz estimates and relative stabilities are presets of it. With a distance lower is better, with a
 * similarity higher. Undefined where fewer than `minAccepted` neighbours give a value: never an average over what was rejected.
 */
export const robustness = defineExtension({
  kind: 'score',
  name: 'robustness',
  summary: 'How much a map changes among neighbours of its input: sampler x comparison x relativeTo x aggregate',
  traits: { direction: 'as its comparison', judges: 'robustness' },
  options: {
    sampler: ref('sampler', { summary: 'makes the neighbours' }),
    comparison: ref('comparison', { summary: 'judges the map of a neighbour against the map of the input' }),
    relativeTo: option(oneOf<RelativeTo>('none', 'map-norm', 'input-distance', 'logit-distance', 'output-distance'), {
      summary: 'what a distance is divided by: nothing, ||g(x)||_2, ||x~ - x||_2, |F_y(x) - F_y(x~)| or ||F(x) - F(x~)||_2',
      default: 'none',
    }),
    aggregate: option(oneOf('mean', 'worst', 'quantile'), { summary: 'from neighbours to one value; worst is the largest distance, the smallest similarity', default: 'mean' }),
    quantile: option(z.number('expected a number').check(z.gte(0, 'expected at least 0'), z.lte(1, 'expected at most 1')), {
      summary: 'the share of neighbours that do no worse, for aggregate quantile',
      default: 0.9,
    }),
    samples: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(100_000, 'expected at most 100000')), { summary: 'neighbours drawn per input', default: 10, unit: 'neighbours' }),
    minAccepted: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1')), { summary: 'fewer accepted neighbours give no value', default: 1, unit: 'neighbours' }),
  },
  cost: ({ sampler, samples }) => ({ rows: sampler.rows * samples, maps: samples, ...(sampler.adaptive ? { adaptive: true } : {}) }),
  check: ({ samples, minAccepted }) =>
    (minAccepted as number) > (samples as number) ? [{ option: 'minAccepted', message: `${String(minAccepted)} can never be accepted out of ${String(samples)} samples: lower it, or draw more` }] : [],
  create: ({ sampler, comparison, relativeTo, aggregate, quantile: p, samples, minAccepted }) => {
    if (comparison.measures === 'similarity' && relativeTo !== 'none') throw new UserError(`relativeTo "${relativeTo}" divides a distance, but the comparison is a similarity: use "none"`)
    return {
      direction: comparison.measures === 'distance' ? 'lower' : 'higher',
      score: async (context) => {
        const neighbours = await context.neighbours(sampler, samples)
        const accepted = neighbours.filter(({ rejected }) => rejected === undefined)
        const counts = { drawn: neighbours.length, accepted: accepted.length, ...countReasons(neighbours) }
        if (accepted.length < minAccepted) return undefinedResult(`${accepted.length} of ${neighbours.length} neighbours were accepted, ${minAccepted} are needed`, { diagnostics: counts })

        const maps = await context.maps(accepted.map(({ input }) => input))
        const results = accepted.map((neighbour, index) => compareRelative(comparison, denominators[relativeTo](context, neighbour), context.map, maps[index]!))
        const values = Float64Array.from(results.flatMap(({ value }) => value ?? [])).sort()
        const failed = results.find(({ value }) => value === undefined)
        const diagnostics = { ...counts, ...largestDiagnostics(results), ...(failed ? { undefined: results.length - values.length, 'undefined because': failed.reason! } : {}) }
        if (values.length < minAccepted) return undefinedResult(failed?.reason ?? 'no neighbour gave a value', { diagnostics })

        const average = mean(values)
        const sd = values.length > 1 ? Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1)) : Number.NaN
        return resultOf(aggregates[aggregate](values, comparison.measures, p), {
          parts: { mean: average, worst: aggregates.worst(values, comparison.measures), ...(Number.isNaN(sd) ? {} : { sd, standardError: sd / Math.sqrt(values.length) }) },
          diagnostics,
        })
      },
    }
  },
})

function compareRelative(comparison: Comparison, denominator: number, map: AttributionMap, other: AttributionMap): Result {
  if (!isFiniteArray(other.data)) return undefinedResult('the map of a neighbour is not finite')
  const { value, ...details } = comparison.compare(map, other)
  if (value === undefined) return undefinedResult(details.reason!, details)
  return denominator > 0 ? resultOf(value / denominator, details) : undefinedResult('the distance is relative to something that is 0')
}

function countReasons(neighbours: readonly Neighbour[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { rejected } of neighbours) if (rejected !== undefined) counts[`rejected: ${rejected}`] = (counts[`rejected: ${rejected}`] ?? 0) + 1
  return counts
}

/** What a comparison says of single pairs, such as ties, at its largest. */
function largestDiagnostics(results: readonly Result[]): Record<string, number> {
  const largest: Record<string, number> = {}
  for (const { diagnostics = {} } of results) {
    for (const [name, value] of Object.entries(diagnostics)) {
      if (typeof value === 'number') largest[`largest ${name}`] = Math.max(value, largest[`largest ${name}`] ?? -Infinity)
    }
  }
  return largest
}

function norm(values: Float32Array): number {
  return l2Distance(values, new Float32Array(values.length))
}

