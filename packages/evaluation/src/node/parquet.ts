import { parquetWriteBuffer } from 'hyparquet-writer'
import type { ResultRow, SummaryRow } from '../results.js'
import { rowColumns, summaryColumns, type Column } from '../table-columns.js'

/** The rows of a run as an Apache Parquet file, with the columns of `rowsCsv`. Equal rows give equal bytes. */
export function rowsParquet(rows: readonly ResultRow[]): Uint8Array {
  return parquet(rowColumns(rows))
}

/** The summary of a run as an Apache Parquet file, with the columns of `summaryCsv`. */
export function summaryParquet(summary: readonly SummaryRow[]): Uint8Array {
  return parquet(summaryColumns(summary))
}

const types = { text: 'STRING', number: 'DOUBLE', count: 'INT32' } as const

function parquet(columns: readonly Column[]): Uint8Array {
  const columnData = columns.map(({ name, type, values }) => ({ name, type: types[type], nullable: true, data: [...values] }))
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'touchstone' }))
}
