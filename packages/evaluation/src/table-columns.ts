import type { ResultRow, SummaryRow } from './results.js'

/** A column of a table, for people and programs that read tables. */
export interface Column {
  readonly name: string
  readonly type: 'text' | 'number' | 'count'
  /** `null` where there is none. */
  readonly values: readonly (string | number | null)[]
}

/** Names of the parts of rows, in alphabetical order. */
export function partsOf(rows: readonly ResultRow[]): readonly string[] {
  const parts = new Set<string>()
  for (const row of rows) for (const part of Object.keys(row.parts ?? {})) parts.add(part)
  return [...parts].sort()
}

/**
 * The rows of a run as columns: model, example, attributer, metric, value, reason, and the parts of all metrics by name, one column each; a part that has the
 * name of another column stands as `part <name>`.
 *
 * @param parts names of the parts.
 */
export function rowColumns(rows: readonly ResultRow[], parts: readonly string[]): readonly Column[] {
  const own = columnsOf(rows, { model: 'text', example: 'text', attributer: 'text', metric: 'text', value: 'number', reason: 'text' })
  const taken = new Set(own.map(({ name }) => name))
  return [...own, ...parts.map((part): Column => ({ name: taken.has(part) ? `part ${part}` : part, type: 'number', values: rows.map((row) => row.parts?.[part] ?? null) }))]
}

/** The curves of rows as columns: model, example, attributer, metric, x and y, a row per point. */
export function curveColumns(rows: readonly ResultRow[]): readonly Column[] {
  const points = rows.flatMap(({ model, example, attributer, metric, curve }) => (curve ? curve.x.map((x, index) => ({ model, example, attributer, metric, x, y: curve.y[index]! })) : []))
  return columnsOf(points, { model: 'text', example: 'text', attributer: 'text', metric: 'text', x: 'number', y: 'number' })
}

/** The summary of a run as columns; where a metric says which values count as robust, also the share of these and the bounds of its interval. */
export function summaryColumns(summary: readonly SummaryRow[]): readonly Column[] {
  const own = columnsOf(summary, { model: 'text', attributer: 'text', metric: 'text', direction: 'text', n: 'count', undefined: 'count', mean: 'number', ciLow: 'number', ciHigh: 'number' })
  if (summary.every(({ robust }) => robust === undefined)) return own
  const shares = summary.map(({ robust }) => (robust ? { robustShare: robust.share, robustLow: robust.ciLow, robustHigh: robust.ciHigh } : {}))
  return [...own, ...columnsOf(shares, { robustShare: 'number', robustLow: 'number', robustHigh: 'number' })]
}

function columnsOf<Name extends string>(rows: readonly Readonly<Partial<Record<NoInfer<Name>, string | number | null>>>[], types: Readonly<Record<Name, Column['type']>>): readonly Column[] {
  return (Object.entries(types) as [Name, Column['type']][]).map(([name, type]) => ({ name, type, values: rows.map((row) => row[name] ?? null) }))
}
