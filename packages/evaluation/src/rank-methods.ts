import { friedmanTest, studentisedRange, type Direction } from '@touchstone/core'
import type { MethodRanks } from './results.js'
import { definedPlaces, type ScoreTable } from './score-tables.js'

/**
 * The ranks of two or more methods on every model x metric, after Demsar: on each example methods are ranked from 1, the best, equal scores sharing their ranks;
 * Friedman's test says whether their mean ranks differ at all, and two methods differ at 5 % if their mean ranks are further apart than Nemenyi's critical
 * difference q sqrt(k(k+1) / (6 n)), q the studentised range over sqrt 2, for k methods and n examples. Examples where a method has no score are left out.
 *
 * Source: Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006), section 3.2.
 *
 * @param directions by metric: whether lower or higher is better.
 */
export function rankMethods(all: readonly ScoreTable[], directions: ReadonlyMap<string, Direction>): readonly MethodRanks[] {
  const tables = all.filter(({ scores }) => scores.size > 1)
  const ranges = new Map([...new Set(tables.map(({ scores }) => scores.size))].map((k) => [k, studentisedRange(k) / Math.SQRT2]))
  return tables.map(({ model, metric, examples, scores }) => {
    const columns = [...scores.values()]
    const complete = definedPlaces(columns)
    const about = { model, metric, n: complete.length, undefined: examples.length - complete.length }
    if (complete.length === 0) return { ...about, methods: [], friedman: null, p: null, criticalDifference: null, groups: [] }
    const sign = directions.get(metric) === 'higher' ? -1 : 1
    const { meanRanks, statistic, p } = friedmanTest(complete.map((place) => columns.map((column) => sign * column[place]!)))
    const k = columns.length
    const criticalDifference = ranges.get(k)! * Math.sqrt((k * (k + 1)) / (6 * complete.length))
    const methods = [...scores.keys()].map((attributer, index) => ({ attributer, meanRank: meanRanks[index]! })).sort((a, b) => a.meanRank - b.meanRank)
    const tied = Number.isNaN(statistic)
    return { ...about, methods, friedman: tied ? null : statistic, p: tied ? null : p, criticalDifference, groups: groupsWithin(methods, criticalDifference) }
  })
}

/** The longest runs of two or more methods, best first, whose ends are at most `reach` apart. */
function groupsWithin(methods: MethodRanks['methods'], reach: number): readonly (readonly string[])[] {
  let covered = 0
  return methods.flatMap(({ meanRank }, start) => {
    const past = methods.findIndex((other) => other.meanRank - meanRank > reach)
    const end = past === -1 ? methods.length : past
    if (end - start < 2 || end <= covered) return []
    covered = end
    return [methods.slice(start, end).map(({ attributer }) => attributer)]
  })
}
