import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { ResultRow, SummaryRow } from '../results.js'
import { partsOf, rowColumns, summaryColumns, type Column } from '../table-columns.js'

/** The rows of a run as an Apache Parquet file, with the columns of `rowsCsv`. Equal rows give equal bytes. */
export function rowsParquet(rows: readonly ResultRow[]): Uint8Array {
  const parts = partsOf(rows)
  const file = parquetPieces(rowColumns([], parts))
  const groups: Uint8Array[] = []
  for (let from = 0; from < rows.length; from += rowsPerGroup) groups.push(file.add(rowColumns(rows.slice(from, from + rowsPerGroup), parts)))
  return new Uint8Array(Buffer.concat([...groups, file.end()]))
}

/** The summary of a run as an Apache Parquet file, with the columns of `summaryCsv`. */
export function summaryParquet(summary: readonly SummaryRow[]): Uint8Array {
  const columns = summaryColumns(summary)
  const file = parquetPieces(columns)
  return new Uint8Array(Buffer.concat([file.add(columns), file.end()]))
}

/** How many rows stand together in a file. */
export const rowsPerGroup = 4096

const types = { text: 'STRING', number: 'DOUBLE', count: 'INT32' } as const

/** A Parquet file, piece by piece: what `add` gives for each group of rows, then what `end` gives. @param columns names and types, which are those of every group. */
export function parquetPieces(columns: readonly Column[]): { readonly add: (group: readonly Column[]) => Uint8Array; readonly end: () => Uint8Array } {
  const dataOf = (some: readonly Column[]) => some.map(({ name, type, values }) => ({ name, type: types[type], nullable: true, data: [...values] }))
  const writer = new ByteWriter()
  const file = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData: dataOf(columns) }), createdBy: 'touchstone' })
  /** What was written since the last time; places in the file are counted on. */
  const taken = (): Uint8Array => {
    const bytes = writer.getBytes().slice()
    writer.index = 0
    return bytes
  }
  return {
    add: (group) => {
      void file.write({ columnData: dataOf(group), rowGroupSize: group[0]!.values.length })
      return taken()
    },
    end: () => {
      void file.finish()
      return taken()
    },
  }
}
