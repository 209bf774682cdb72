import { createRandomness, holm, mean, percentileInterval, resampledMeans, signedRankTest, type Direction } from '@touchstone/core'
import type { MethodComparison } from './results.js'
import { definedPlaces, type ScoreTable } from './score-tables.js'

/**
 * Every pair of methods on every model x metric, example by example: over the examples where both have a score, the mean of score(attributer) - score(against),
 * its 95 % bootstrap interval, and the p-value of Wilcoxon's signed-rank test, also corrected after Holm over the pairs of the same model x metric.
 * Pairs stand in the order of the methods.
 *
 * @param directions by metric: whether lower or higher is better.
 * @param seed of the bootstrap; all pairs take the same draws.
 */
export function compareMethods(tables: readonly ScoreTable[], directions: ReadonlyMap<string, Direction>, seed: number): readonly MethodComparison[] {
  const columns = new Columns()
  const families = tables.map(({ model, metric, examples, scores }, table) =>
    [...scores].flatMap(([attributer, first], index) =>
      [...scores].slice(index + 1).map(([against, second]) => {
        const places = definedPlaces([first, second])
        const columnOf = (method: string): number => columns.add([table, method, places], Float64Array.from(places, (place) => scores.get(method)![place]!))
        return { pair: { model, metric, attributer, against }, examples: examples.length, first: columnOf(attributer), second: columnOf(against) }
      }),
    ),
  )
  // The mean of a difference is the difference of means: what is drawn of a method serves all its pairs.
  const means = resampledMeans(columns.all, createRandomness(seed, 'comparisons'))
  return families.flatMap((family) => {
    const differences = family.map(({ first, second }) => subtract(columns.all[first]!, columns.all[second]!))
    const tests = testAll(differences)
    return family.map(({ pair, examples, first, second }, index) => {
      const n = differences[index]!.length
      const difference = n > 0 ? mean(differences[index]!) : null
      const interval = n > 1 ? percentileInterval(subtract(means[first]!, means[second]!)) : undefined
      return {
        ...pair,
        n,
        undefined: examples - n,
        difference,
        ciLow: interval?.low ?? null,
        ciHigh: interval?.high ?? null,
        ...tests[index]!,
        better: difference === null || difference === 0 ? null : difference > 0 === (directions.get(pair.metric) === 'higher') ? pair.attributer : pair.against,
      }
    })
  })
}

/** The signed-rank test of each, corrected after Holm over those that hold a difference; `null` for the others. */
export function testAll(family: readonly Float64Array[]): readonly { readonly p: number | null; readonly pHolm: number | null }[] {
  const tested = family.filter(({ length }) => length > 0)
  const p = tested.map(signedRankTest)
  const corrected = holm(p)
  return family.map((differences) => {
    const index = tested.indexOf(differences)
    return { p: p[index] ?? null, pHolm: corrected[index] ?? null }
  })
}

/** Columns of scores, each kept once. */
class Columns {
  readonly all: Float64Array[] = []
  readonly #indices = new Map<string, number>()

  /** @returns its index in `all`. */
  add(key: readonly unknown[], column: Float64Array): number {
    const text = JSON.stringify(key)
    const known = this.#indices.get(text)
    if (known !== undefined) return known
    this.#indices.set(text, this.all.length)
    return this.all.push(column) - 1
  }
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value - b[index]!)
}
