import { bootstrapMeans, createRandomness, mean, ranks, UserError, type Direction } from '@touchstone/core'
import { testAll } from './compare-methods.js'
import { rankingAgreements } from './compare-rankings.js'
import { resultDifferences, type ResultDifference } from './result-differences.js'
import type { RankingAgreement, Results } from './results.js'
import { definedPlaces, scoreTables, selectScores, type ScoreTable } from './score-tables.js'

/** What `touchstone compare --json` prints. */
export interface RunComparison {
  readonly format: 'touchstone-comparison/1'
  /** Differences in what scores depend on, before any score. */
  readonly differences: readonly ResultDifference[]
  readonly examples: { readonly a: number; readonly b: number; readonly shared: number }
  /** One per model x metric x attributer that both hold. */
  readonly scores: readonly ScoreChange[]
  /** One per model x metric of two attributers or more that both hold: whether both runs rank them alike. */
  readonly agreement: readonly (Pick<RankingAgreement, 'metric' | 'model' | 'n' | 'undefined' | 'tau' | 'ciLow' | 'ciHigh'>)[]
}

/** How one mean changed from run a to run b. */
export interface ScoreChange {
  readonly model: string
  readonly metric: string
  readonly attributer: string
  readonly direction: Direction
  /** How many examples, shared by their ids, have a score in both runs. */
  readonly n: number
  /** How many shared examples lack one of the two. */
  readonly undefined: number
  /** Means over the n examples; `null` where n is 0. */
  readonly a: number | null
  readonly b: number | null
  /** The mean of score(b) - score(a), and its 95 % bootstrap interval over examples, which takes two of them. */
  readonly difference: number | null
  readonly ciLow: number | null
  readonly ciHigh: number | null
  /** Of Wilcoxon's signed-rank test, and corrected after Holm over all scores of the comparison. */
  readonly p: number | null
  readonly pHolm: number | null
  /** Whether `pHolm` is below 0.05: between runs that differ by chance alone, at most one comparison in twenty shows any such change. */
  readonly changed: boolean
  /** Rank of the mean among the attributers of the model x metric, 1 for the best; equal means share theirs. */
  readonly rankA: number | null
  readonly rankB: number | null
}

/**
 * Compares two runs: their scores by model, metric, attributer and example, wherever both hold them under the same labels and ids, and whether lower or higher is
 * better did not change. The bootstrap takes the seed of run a.
 *
 * @param names how messages call the two runs.
 * @throws UserError where they have no score or no example in common.
 */
export function compareRuns(a: Results, b: Results, names: readonly [string, string] = ['the first run', 'the second run']): RunComparison {
  const heldByB = new Set(b.examples.map(({ id }) => id))
  const examples = a.examples.flatMap(({ id }) => (heldByB.has(id) ? [id] : []))
  const pairs = sharedTables(a, b, examples)
  if (pairs.length === 0) throw new UserError(nothingShared(a, b, names))
  if (examples.length === 0) throw new UserError(`${names[0]} and ${names[1]} have no example in common: they hold ${someIds(a)} and ${someIds(b)}; compare runs on the same dataset`)

  const directions = directionsOf(a)
  const scores = pairs.flatMap(([first, second]) => {
    const direction = directions.get(first.metric)!
    const changes = [...first.scores].map(([attributer, column]) => {
      const other = second.scores.get(attributer)!
      const places = definedPlaces([column, other])
      const meanOf = (scores: Float64Array): number | null => (places.length > 0 ? mean(places.map((place) => scores[place]!)) : null)
      return { attributer, a: meanOf(column), b: meanOf(other), differences: Float64Array.from(places, (place) => other[place]! - column[place]!) }
    })
    const [ranksA, ranksB] = [ranksOf(changes.map((change) => change.a), direction), ranksOf(changes.map((change) => change.b), direction)]
    return changes.map((change, index) => ({ model: first.model, metric: first.metric, direction, rankA: ranksA[index]!, rankB: ranksB[index]!, ...change }))
  })
  const samples = scores.map(({ differences }) => differences)
  const intervals = bootstrapMeans(samples, createRandomness(a.config.seed, 'comparisons'))
  const tests = testAll(samples)
  const ranked = pairs.filter(([{ scores: methods }]) => methods.size > 1)
  const agreement = rankingAgreements(ranked, createRandomness(a.config.seed, 'agreement'))
  return {
    format: 'touchstone-comparison/1',
    differences: resultDifferences(a, b),
    examples: { a: a.examples.length, b: b.examples.length, shared: examples.length },
    scores: scores.map(({ model, metric, attributer, direction, a: meanA, b: meanB, differences, rankA, rankB }, index) => ({
      model,
      metric,
      attributer,
      direction,
      n: differences.length,
      undefined: examples.length - differences.length,
      a: meanA,
      b: meanB,
      difference: differences.length > 0 ? mean(differences) : null,
      ciLow: intervals[index]?.low ?? null,
      ciHigh: intervals[index]?.high ?? null,
      ...tests[index]!,
      changed: (tests[index]!.pHolm ?? 1) < 0.05,
      rankA,
      rankB,
    })),
    agreement: ranked.map(([{ metric, model }], index) => ({ metric, model, ...agreement[index]! })),
  }
}

/** The tables of both runs where they hold the same model and metric, with the same examples and the methods of both. */
function sharedTables(a: Results, b: Results, examples: readonly string[]): readonly (readonly [ScoreTable, ScoreTable])[] {
  const [directionsA, directionsB] = [directionsOf(a), directionsOf(b)]
  const others = scoreTables(b.rows)
  return scoreTables(a.rows).flatMap((first) => {
    const second = others.find(({ model, metric }) => model === first.model && metric === first.metric)
    if (!second || directionsA.get(first.metric) !== directionsB.get(first.metric)) return []
    const attributers = [...first.scores.keys()].filter((attributer) => second.scores.has(attributer))
    return attributers.length > 0 ? [[selectScores(first, examples, attributers), selectScores(second, examples, attributers)] as const] : []
  })
}

function directionsOf({ summary }: Results): ReadonlyMap<string, Direction> {
  return new Map(summary.map(({ metric, direction }) => [metric, direction]))
}

function ranksOf(means: readonly (number | null)[], direction: Direction): readonly (number | null)[] {
  const defined = means.filter((value) => value !== null)
  const found = ranks(defined.map((value) => (direction === 'higher' ? -value : value)))[Symbol.iterator]()
  return means.map((value) => (value === null ? null : found.next().value!))
}

function nothingShared(a: Results, b: Results, [nameA, nameB]: readonly [string, string]): string {
  const labels = ({ config }: Results): string => (['models', 'metrics', 'attributers'] as const).map((kind) => `${kind} ${Object.keys(config[kind]).join(', ')}`).join('; ')
  return `${nameA} and ${nameB} have no score in common, that is, no metric of the same direction for a model and an attributer of the same labels:\n  ${nameA}: ${labels(a)}\n  ${nameB}: ${labels(b)}\ngive the same labels to what is to be compared`
}

function someIds({ examples }: Results): string {
  const ids = examples.slice(0, 3).map(({ id }) => id)
  return examples.length > ids.length ? `${ids.join(', ')}, ...` : ids.join(', ') || 'none'
}
