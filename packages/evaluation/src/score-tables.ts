import { grouped } from './grouped.js'
import type { ResultRow } from './results.js'

/** The scores of one metric on one model: examples down, methods across. */
export interface ScoreTable {
  readonly model: string
  readonly metric: string
  readonly examples: readonly string[]
  /** By attributer, in the order of `examples`; NaN where undefined. */
  readonly scores: ReadonlyMap<string, Float64Array>
}

/** One table per model x metric, in the order in which they first appear. */
export function scoreTables(rows: readonly ResultRow[]): readonly ScoreTable[] {
  return grouped(rows, ({ model, metric }) => [model, metric]).map((group) => {
    const { model, metric } = group[0]!
    const examples = [...new Set(group.map(({ example }) => example))]
    const byAttributer = grouped(group, ({ attributer }) => [attributer])
    return {
      model,
      metric,
      examples,
      scores: new Map(
        byAttributer.map((column) => {
          const values = new Map(column.map(({ example, value }) => [example, value ?? Number.NaN]))
          return [column[0]!.attributer, Float64Array.from(examples, (example) => values.get(example) ?? Number.NaN)]
        }),
      ),
    }
  })
}

/** The table with these examples and methods alone, in this order; NaN where it does not hold them. */
export function selectScores({ scores, examples: held, ...about }: ScoreTable, examples: readonly string[], attributers: readonly string[]): ScoreTable {
  const places = new Map(held.map((example, place) => [example, place]))
  return { ...about, examples, scores: new Map(attributers.map((attributer) => [attributer, Float64Array.from(examples, (example) => scores.get(attributer)?.[places.get(example)!] ?? Number.NaN)])) }
}

/** The places where every one of `columns` is defined, in order. */
export function definedPlaces(columns: readonly Float64Array[]): readonly number[] {
  return [...(columns[0] ?? []).keys()].filter((place) => columns.every((column) => !Number.isNaN(column[place])))
}
