import { parquetReadObjects, parquetSchema, parquetMetadata } from 'hyparquet'
import { expect, test } from 'vitest'
import { evaluate } from '../evaluate.js'
import type { ResultRow } from '../results.js'
import { toyConfig } from '../testing.js'
import { rowsParquet, summaryParquet } from './parquet.js'

const rows: readonly ResultRow[] = [
  { model: 'm', example: 'p0', attributer: 'a "b", ü', metric: 'first', value: 0.1 + 0.2, parts: { mean: 1, worst: -2.5 } },
  { model: 'm', example: 'p1', attributer: 'a "b", ü', metric: 'first', value: null, reason: 'all values\nare equal' },
  { model: 'm', example: 'p1', attributer: 'a "b", ü', metric: 'second', value: -7, parts: { value: 3 } },
]

const bufferOf = ({ buffer }: Uint8Array): ArrayBuffer => buffer as ArrayBuffer
const read = (file: Uint8Array) => parquetReadObjects({ file: bufferOf(file) })

test('rows come back with a column per part, and null with its reason where undefined', async () => {
  const nothing = { mean: null, 'part value': null, worst: null }
  expect(await read(rowsParquet(rows))).toEqual([
    { ...nothing, model: 'm', example: 'p0', attributer: 'a "b", ü', metric: 'first', value: 0.1 + 0.2, reason: null, mean: 1, worst: -2.5 },
    { ...nothing, model: 'm', example: 'p1', attributer: 'a "b", ü', metric: 'first', value: null, reason: 'all values\nare equal' },
    { ...nothing, model: 'm', example: 'p1', attributer: 'a "b", ü', metric: 'second', value: -7, reason: null, 'part value': 3 },
  ])
})

test('types do not depend on what the values happen to be', () => {
  const typesOf = (file: Uint8Array) => parquetSchema(parquetMetadata(bufferOf(file))).children.map(({ element: { name, type, converted_type: converted } }) => [name, converted ?? type])
  const text = ['model', 'example', 'attributer', 'metric'].map((name) => [name, 'UTF8'])
  expect(typesOf(rowsParquet(rows.slice(1, 2)))).toEqual([...text, ['value', 'DOUBLE'], ['reason', 'UTF8']])
  expect(typesOf(rowsParquet(rows.slice(2)))).toEqual([...text, ['value', 'DOUBLE'], ['reason', 'UTF8'], ['part value', 'DOUBLE']])
  expect(typesOf(summaryParquet([]))).toEqual([...['model', 'attributer', 'metric', 'direction'].map((name) => [name, 'UTF8']), ['n', 'INT32'], ['undefined', 'INT32'], ['mean', 'DOUBLE'], ['ciLow', 'DOUBLE'], ['ciHigh', 'DOUBLE']])
})

test('more rows than fit into a group, the same bytes each time', async () => {
  const many = Array.from({ length: 2500 }, (_, index): ResultRow => ({ model: 'm', example: `p${index}`, attributer: 'a', metric: 'b', value: Math.sin(index) }))
  expect((await read(rowsParquet(many))).map(({ value }) => value as number)).toEqual(many.map(({ value }) => value))
  expect(Buffer.from(rowsParquet(many)).equals(rowsParquet(structuredClone(many)))).toBe(true)
})

test('the summary of an evaluation comes back', async () => {
  const { summary } = await evaluate(toyConfig({ attributers: { squares: 'times-weights', broken: { use: 'times-weights', options: { nan: true } } } }))
  expect(await read(summaryParquet(summary))).toEqual(summary)
  expect(summary.map(({ mean }) => mean)).toContain(null)
})
