import type { ResultRow, SummaryRow } from './results.js'
import { partsOf, rowColumns, summaryColumns, type Column } from './table-columns.js'

/** The rows of a run as CSV (RFC 4180): model, example, attributer, metric, value, reason, and the parts as one column each. */
export function rowsCsv(rows: readonly ResultRow[]): string {
  const parts = partsOf(rows)
  return rowsCsvHeader(parts) + rowsCsvLines(rows, parts)
}

/** The first line of `rowsCsv`. @param parts names of the parts of all rows. */
export function rowsCsvHeader(parts: readonly string[]): string {
  return line(rowColumns([], parts).map(({ name }) => name))
}

/** Lines of `rowsCsv`, for some of the rows. */
export function rowsCsvLines(rows: readonly ResultRow[], parts: readonly string[]): string {
  return lines(rowColumns(rows, parts))
}

/** The summary of a run as CSV. */
export function summaryCsv(summary: readonly SummaryRow[]): string {
  const columns = summaryColumns(summary)
  return line(columns.map(({ name }) => name)) + lines(columns)
}

function lines(columns: readonly Column[]): string {
  return Array.from({ length: columns[0]!.values.length }, (_, row) => line(columns.map(({ values }) => values[row]!))).join('')
}

function line(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string | number | null): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
