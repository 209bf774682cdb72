import type { ResultRow, SummaryRow } from './results.js'

/** The rows of a run as CSV (RFC 4180): model, example, attributer, metric, value, reason, and the parts as one column each. */
export function rowsCsv(rows: readonly ResultRow[]): string {
  const parts = [...new Set(rows.flatMap((row) => Object.keys(row.parts ?? {})))].sort()
  return csv(
    ['model', 'example', 'attributer', 'metric', 'value', 'reason', ...parts],
    rows.map((row) => [row.model, row.example, row.attributer, row.metric, row.value, row.reason, ...parts.map((part) => row.parts?.[part])]),
  )
}

/** The summary of a run as CSV. */
export function summaryCsv(summary: readonly SummaryRow[]): string {
  const columns = ['model', 'attributer', 'metric', 'direction', 'n', 'undefined', 'mean', 'ciLow', 'ciHigh'] as const
  return csv(columns, summary.map((row) => columns.map((column) => row[column])))
}

type Cell = string | number | null | undefined

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(value: Cell): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
