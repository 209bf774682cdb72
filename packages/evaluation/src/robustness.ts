import {
  breathe,
  defineExtension,
  eachRow,
  isFiniteArray,
  l2Distance,
  mean,
  option,
  quantile,
  ref,
  relativeDistance,
  resultOf,
  stackRows,
  UserError,
  undefinedResult,
  type AttributionMap,
  type Comparison,
  type Neighbour,
  type Result,
  type ScoreContext,
} from '@touchstone/core'
import { checkResult } from './check-shape.js'
import { FaultOf } from './faults.js'
import { numberFrom, oneOf, optionalNumber, wholeNumberFrom } from './schemas.js'

/** What the distances of maps are divided by, for each neighbour. */
const denominators = {
  none: (_context, neighbours) => neighbours.map(() => 1),
  'map-norm': ({ map }, neighbours) => neighbours.map(() => norm(map.data)),
  'input-distance': (_context, neighbours) => neighbours.map(({ inputDistance }) => inputDistance.l2),
  'logit-distance': (_context, neighbours) => neighbours.map(({ logitDistance }) => Math.abs(logitDistance)),
  'output-distance': ({ outputs }, neighbours) => neighbours.map((neighbour) => l2Distance(outputs, neighbour.outputs)),
  'representation-distance': (context, neighbours) => representationDistances(context, neighbours, l2Distance),
  'relative-input-distance': ({ example }, neighbours) => neighbours.map(({ input }) => relativeDistance(example.input, input)),
  'relative-representation-distance': (context, neighbours) => representationDistances(context, neighbours, relativeDistance),
} as const satisfies Record<string, (context: ScoreContext, neighbours: readonly Neighbour[]) => readonly number[] | Promise<readonly number[]>>

type RelativeTo = keyof typeof denominators

/** From the values at single neighbours to one value. */
const aggregates = {
  mean: (ascending: Float64Array) => mean(ascending),
  worst: (ascending: Float64Array, measures: Comparison['measures']) => ascending[measures === 'distance' ? ascending.length - 1 : 0]!,
  quantile: (ascending: Float64Array, measures: Comparison['measures'], p: number) => quantile(ascending, measures === 'distance' ? p : 1 - p),
} as const

/**
 * The one composition behind every robustness score: how far the map of an input lies from the maps of its neighbours.
 *
 *     aggregate over accepted neighbours x~ of  comparison(g(x), g(x~)) / relativeTo(x, x~)
 *
 * OSR, sensitivity, local Lipschitz estimates and relative stabilities are presets of it. With a distance lower is better, with a
 * similarity higher. With `epsilon` each result has a part `robust`, 1 or 0: among inputs of a similar output it says whether the method is (epsilon, delta)-robust at
 * the input, equation 2 of Kiourti et al., "Rethinking Robustness", 2025; the summary gives the share of such inputs. Undefined where fewer than `minAccepted` neighbours give a value: never an average over what was rejected.
 */
export const robustness = defineExtension({
  kind: 'score',
  name: 'robustness',
  summary: 'How much a map changes among neighbours of its input: sampler x comparison x relativeTo x aggregate',
  traits: { direction: 'as its comparison', judges: 'robustness' },
  options: {
    sampler: ref('sampler', { summary: 'makes the neighbours' }),
    comparison: ref('comparison', { summary: 'judges the map of a neighbour against the map of the input' }),
    relativeTo: option(oneOf<RelativeTo>('none', 'map-norm', 'input-distance', 'logit-distance', 'output-distance', 'representation-distance', 'relative-input-distance', 'relative-representation-distance'), {
      summary: 'what a distance is divided by: nothing, ||g(x)||_2, ||x~ - x||_2, |F_y(x) - F_y(x~)|, ||F(x) - F(x~)||_2 or ||h(x) - h(x~)||_2, h being what the last layer with weights is given; a relative distance divides each value by that at x',
      default: 'none',
    }),
    aggregate: option(oneOf('mean', 'worst', 'quantile'), { summary: 'from neighbours to one value; worst is the largest distance, the smallest similarity', default: 'mean' }),
    quantile: option(numberFrom(0, 1), {
      summary: 'the share of neighbours that do no worse, for aggregate quantile',
      default: 0.9,
    }),
    samples: option(wholeNumberFrom(1, 100_000), { summary: 'neighbours drawn per input', default: 10, unit: 'neighbours' }),
    epsilon: option(optionalNumber, {
      summary: 'what counts as robust: a distance of at most this, a similarity of at least this; each value then says whether it is, and the summary gives the share of inputs',
    }),
    minAccepted: option(wholeNumberFrom(1), { summary: 'fewer accepted neighbours give no value', default: 1, unit: 'neighbours' }),
  },
  cost: ({ sampler, samples, relativeTo }) => ({
    rows: sampler.rows * samples + (relativeTo.endsWith('representation-distance') ? samples + 1 : 0),
    maps: samples,
    ...(sampler.mapsInTurn !== undefined && { mapsInTurn: sampler.mapsInTurn * samples }),
    ...(sampler.shared !== undefined && { shared: sampler.shared }),
    ...(sampler.adaptive && { adaptive: true }),
  }),
  check: ({ samples, minAccepted }) =>
    (minAccepted as number) > (samples as number) ? [{ option: 'minAccepted', message: `${String(minAccepted)} can never be accepted out of ${String(samples)} samples: lower it, or draw more` }] : [],
  create: ({ sampler, comparison, relativeTo, aggregate, quantile: p, samples, epsilon, minAccepted }) => {
    if (comparison.measures === 'similarity' && relativeTo !== 'none') throw new UserError(`relativeTo "${relativeTo}" divides a distance, but the comparison is a similarity: use "none"`)
    return {
      direction: comparison.measures === 'distance' ? 'lower' : 'higher',
      marks: comparison.marks,
      score: async (context) => {
        const neighbours = await context.neighbours(sampler, samples)
        const accepted = neighbours.filter(({ rejected }) => rejected === undefined)
        const refused = countReasons(neighbours)
        const counts = { drawn: neighbours.length, accepted: accepted.length, ...refused, ...distances(accepted), ...meanDiagnostics(neighbours) }
        if (accepted.length < minAccepted) return undefinedResult(`${accepted.length} of ${neighbours.length} neighbours were accepted, ${minAccepted} are needed${reasons(refused)}`, { diagnostics: counts })

        const maps = await context.maps(accepted.map(({ input }) => input))
        const divisors = await denominators[relativeTo](context, accepted)
        const results = maps.map((other, index) => compareRelative(comparison, divisors[index]!, context.map, other))
        const values = Float64Array.from(results.flatMap(({ value }) => value ?? [])).sort()
        const failed = results.find(({ value }) => value === undefined)
        const diagnostics = { ...counts, ...largestDiagnostics(results), ...(failed ? { undefined: results.length - values.length, 'undefined because': failed.reason! } : {}) }
        if (values.length < minAccepted) return undefinedResult(failed?.reason ?? 'no neighbour gave a value', { diagnostics })

        const average = mean(values)
        const sd = values.length > 1 ? Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1)) : Number.NaN
        const value = aggregates[aggregate](values, comparison.measures, p)
        return resultOf(value, {
          parts: {
            mean: average,
            worst: aggregates.worst(values, comparison.measures),
            ...(Number.isNaN(sd) ? {} : { sd, standardError: sd / Math.sqrt(values.length) }),
            ...(epsilon !== undefined && { robust: Number(comparison.measures === 'distance' ? value <= epsilon : value >= epsilon) }),
          },
          diagnostics,
        })
      },
    }
  },
})

/** How far h(x~) is from h(x). @throws UserError where the model does not show h. */
async function representationDistances({ model, example, batchRows, signal }: ScoreContext, neighbours: readonly Neighbour[], distance: (a: Float32Array, b: Float32Array) => number): Promise<readonly number[]> {
  const { representation } = model.capabilities
  if (!representation) throw new UserError('relativeTo "representation-distance" needs a model that shows what its last layer is given, and this one does not: use "output-distance"')
  const inputs = [example.input, ...neighbours.map(({ input }) => input)]
  const inside: Float32Array[] = []
  for (let from = 0; from < inputs.length; from += batchRows) {
    await breathe(signal)
    inside.push(...eachRow(await representation(stackRows(inputs.slice(from, from + batchRows), model.inputShape))))
  }
  return inside.slice(1).map((other) => distance(inside[0]!, other))
}

function compareRelative(comparison: Comparison, denominator: number, map: AttributionMap, other: AttributionMap): Result {
  if (!isFiniteArray(other.data)) return undefinedResult('the map of a neighbour is not finite')
  const { value, ...details } = compareChecked(comparison, map, other)
  if (value === undefined) return undefinedResult(details.reason!, details)
  return denominator > 0 ? resultOf(value / denominator, details) : undefinedResult('the distance is relative to something that is 0')
}

/** @throws FaultOf the comparison, where it throws or gives no result. */
function compareChecked(comparison: Comparison, map: AttributionMap, other: AttributionMap): Result {
  try {
    const result = comparison.compare(map, other)
    checkResult(result)
    return result
  } catch (error) {
    throw new FaultOf(comparison, error)
  }
}

function countReasons(neighbours: readonly Neighbour[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { rejected } of neighbours) if (rejected !== undefined) counts[`rejected: ${rejected}`] = (counts[`rejected: ${rejected}`] ?? 0) + 1
  return counts
}

/** The counted reasons, the most frequent first. */
function reasons(refused: Readonly<Record<string, number>>): string {
  const descending = Object.entries(refused).sort(([, a], [, b]) => b - a)
  return descending.length === 0 ? '' : `; ${descending.map(([reason, count]) => `${reason} (${count})`).join('; ')}`
}

/** What a sampler says of single neighbours, in the mean. */
function meanDiagnostics(neighbours: readonly Neighbour[]): Record<string, number> {
  const names = new Set(neighbours.flatMap(({ diagnostics = {} }) => Object.keys(diagnostics)))
  return Object.fromEntries([...names].map((name) => [name, mean(neighbours.flatMap(({ diagnostics }) => diagnostics?.[name] ?? []))]))
}

/** How far the neighbours lie: quantiles of the signed distances of the logit and of the l2 distances of the inputs. */
function distances(neighbours: readonly Neighbour[]): Record<string, number> {
  const of = (name: string, distance: (neighbour: Neighbour) => number): [string, number][] => {
    const ascending = Float64Array.from(neighbours, distance).sort()
    return isFiniteArray(ascending) && ascending.length > 0 ? [0.05, 0.5, 0.95].map((p) => [`${name} ${100 * p} %`, quantile(ascending, p)]) : []
  }
  return Object.fromEntries([...of('logit distance', ({ logitDistance }) => logitDistance), ...of('input distance', ({ inputDistance }) => inputDistance.l2)])
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

