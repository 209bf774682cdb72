import type { ResultRow, SummaryRow } from './results.js'
import { rowColumns, summaryColumns, type Column } from './table-columns.js'

/** The rows of a run as CSV (RFC 4180): model, example, attributer, metric, value, reason, and the parts as one column each. */
export function rowsCsv(rows: readonly ResultRow[]): string {
  return csv(rowColumns(rows))
}

/** The summary of a run as CSV. */
export function summaryCsv(summary: readonly SummaryRow[]): string {
  return csv(summaryColumns(summary))
}

function csv(columns: readonly Column[]): string {
  const lines = Array.from({ length: columns[0]!.values.length }, (_, row) => columns.map(({ values }) => values[row]!))
  return [columns.map(({ name }) => name), ...lines].map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(value: string | number | null): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
