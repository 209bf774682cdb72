import { createRandomness, kendallTauB, mean, percentileInterval, resampledMeans, type Randomness } from '@touchstone/core'
import type { RankingAgreement } from './results.js'
import { definedPlaces, selectScores, type ScoreTable } from './score-tables.js'

/**
 * How far two models agree on which method is better, for every metric and pair of models: Kendall's tau-b between the methods' mean scores on the one and on
 * the other, 1 for the same order and -1 for the reverse, over the examples that both models hold and where every method has a score on both.
 *
 * @param seed of the bootstrap over examples.
 */
export function compareRankings(all: readonly ScoreTable[], seed: number): readonly RankingAgreement[] {
  const tables = all.filter(({ scores }) => scores.size > 1)
  const pairs = tables.flatMap((first, index) => tables.slice(index + 1).flatMap((second) => (first.metric === second.metric ? [[first, second] as const] : [])))
  const found = rankingAgreements(pairs, createRandomness(seed, 'agreement'))
  return pairs.map(([{ metric, model }, { model: against }], index) => ({ metric, model, against, ...found[index]! }))
}

/**
 * Kendall's tau-b between the mean scores of two tables, for the methods of the first, over the examples of both where all of them are defined in both; its 95 %
 * percentile interval over resampled examples. tau is null where it is undefined: where the methods of one table all have the same mean; the interval where that
 * is so in a resample, or with fewer than two examples.
 */
export function rankingAgreements(pairs: readonly (readonly [ScoreTable, ScoreTable])[], randomness: Randomness): readonly Pick<RankingAgreement, 'n' | 'undefined' | 'tau' | 'ciLow' | 'ciHigh'>[] {
  const subjects = pairs.map(([first, second]) => {
    const held = new Set(second.examples)
    const examples = first.examples.filter((example) => held.has(example))
    const columns = [first, second].flatMap((table) => [...selectScores(table, examples, [...first.scores.keys()]).scores.values()])
    const complete = definedPlaces(columns)
    return { missing: examples.length - complete.length, n: complete.length, samples: columns.map((column) => Float64Array.from(complete, (place) => column[place]!)) }
  })
  const means = resampledMeans(subjects.flatMap(({ samples }) => samples), randomness)
  let from = 0
  return subjects.map(({ missing, n, samples }) => {
    const resampled = means.slice(from, (from += samples.length))
    const tauOf = (values: readonly number[]): number => kendallTauB(values.slice(0, values.length / 2), values.slice(values.length / 2))
    const tau = tauOf(samples.map(mean))
    const taus = n > 1 ? Float64Array.from(resampled[0]!, (_, draw) => tauOf(resampled.map((column) => column[draw]!))) : Float64Array.of(Number.NaN)
    const interval = taus.some(Number.isNaN) ? undefined : percentileInterval(taus)
    return { n, undefined: missing, tau: Number.isNaN(tau) ? null : tau, ciLow: interval?.low ?? null, ciHigh: interval?.high ?? null }
  })
}
