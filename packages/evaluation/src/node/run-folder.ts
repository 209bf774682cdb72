import { createHash, type Hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeNpy, describe, eachRow, isRecord, littleEndian, messageOf, npyHeader, UserError, type Rows } from '@touchstone/core'
import { rowsCsvHeader, rowsCsvLines, summaryCsv } from '../csv.js'
import type { Gallery, GalleryIndex } from '../gallery.js'
import type { FinishedEvaluation } from '../open-evaluation.js'
import { meanCurves } from '../mean-curves.js'
import type { ResultRow, Results, RunRecord } from '../results.js'
import { curveColumns, rowColumns } from '../table-columns.js'
import { fileFault, makeFolder, openBeside, writeBeside, type OpenFile, type PendingFile } from './files.js'

/** What a run's folder holds: enough for a report. What is missing is undefined. */
export interface RunFolder {
  readonly results: Results
  readonly run: RunRecord | undefined
  readonly inputs: Rows | undefined
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
  readonly gallery: Gallery | undefined
}

/**
 * Makes the folder of a run and makes sure that it can be written to, before any work.
 * @returns what takes the folder back where nothing came of it: folders that were not there before go, if they are empty.
 * @throws UserError where it cannot.
 */
export async function prepareRunFolder(folder: string): Promise<() => Promise<void>> {
  const made: string[] = []
  const discard = async (): Promise<void> => {
    for (const one of made.toReversed()) await rmdir(one).catch(() => undefined)
  }
  try {
    made.push(...(await makeFolder(folder)))
    const probe = join(folder, `.probe-${process.pid}`)
    await writeFile(probe, '')
    await rm(probe)
    return discard
  } catch (error) {
    await discard()
    throw new UserError(`cannot write to the output folder ${folder}: ${fileFault(error)}; choose another with --out`)
  }
}

/**
 * Writes results.json, run.json, rows and summary as .csv and .parquet, curves.parquet where scores have curves, inputs.npy and the maps as maps/<model>/<attributer>.npy. All of them are written beside
 * their places first and renamed when the last one is whole, so a run that is there stays whole until it is replaced; maps of methods that are
 * no longer part of it go. Tables stay where they were made from the same results by the same code.
 *
 * @param code what determines what is made from results: tables here, a report perhaps by the caller. Unless told, nothing is taken for the same.
 * @param isWhole whether what is there is as it was written; else all is written anew.
 * @returns whether the results are those that were there, and `code` as well.
 * @throws UserError where the disk is full or the folder cannot be written to.
 */
export async function writeRun(folder: string, { overview, parts, rows, diagnostics, run, input, map, gallery }: FinishedEvaluation, code?: string, isWhole = true): Promise<boolean> {
  const shape = overview.dataset.inputShape
  const maps = Object.keys(overview.models).flatMap((model) => Object.keys(overview.config.attributers).map((attributer) => ({ model, attributer, file: mapsFile(folder, model, attributer) })))
  const before = await readJson<RunRecord>(join(folder, 'run.json')).catch(() => undefined)
  const sum = createHash('sha256')
  const pending: PendingFile[] = []
  const open = async (name: string): Promise<OpenFile> => {
    const file = await openBeside(join(folder, name))
    pending.push(file)
    return file
  }
  try {
    pending.push(await writeBeside(join(folder, 'inputs.npy'), summed(sum, npyPieces(shape, overview.examples.length, input))))
    for (const { model, attributer, file } of maps) {
      const count = overview.predictions.filter((prediction) => prediction.model === model).length
      pending.push(await writeBeside(file, summed(sum, npyPieces(shape, count, (index) => map(model, attributer, index)))))
    }
    const { inputs: neighbours, maps: neighbourMaps, ...index } = gallery
    pending.push(await writeBeside(join(folder, 'gallery', 'inputs.npy'), summed(sum, npyPieces(shape, neighbours.length, (row) => Promise.resolve(neighbours[row]!)))))
    pending.push(await writeBeside(join(folder, 'gallery', 'maps.npy'), summed(sum, npyPieces(shape, neighbourMaps.length, (row) => Promise.resolve(neighbourMaps[row]!)))))
    pending.push(await writeBeside(join(folder, 'gallery', 'index.json'), summed(sum, [`${JSON.stringify(index)}\n`])))
    const results = await open('results.json')
    for await (const piece of summed(sum, resultsPieces({ ...overview, rows: rows(), diagnostics: diagnostics() }))) await results.write(piece)
    const made = code === undefined ? undefined : { results: sum.digest('hex'), code }
    const isSame = isWhole && made !== undefined && before?.made?.results === made.results && before.made.code === code
    const hasCurves = overview.curves.length > 0
    if (!isSame || ![...tables, ...(hasCurves ? [curvesFile] : [])].every((name) => existsSync(join(folder, name)))) {
      const { parquetPieces, rowsPerGroup, summaryParquet } = await import('./parquet.js')
      const [csv, parquet] = [await open('rows.csv'), await open('rows.parquet')]
      const groups = parquetPieces(rowColumns([], parts))
      const curves = hasCurves ? { file: await open(curvesFile), groups: parquetPieces(curveColumns([])) } : undefined
      await csv.write(rowsCsvHeader(parts))
      for await (const group of inGroups(rows(), rowsPerGroup)) {
        await csv.write(rowsCsvLines(group, parts))
        await parquet.write(groups.add(rowColumns(group, parts)))
        const curved = group.filter(({ curve }) => curve !== undefined)
        for (let from = 0; curves && from < curved.length; from += curvesPerGroup) await curves.file.write(curves.groups.add(curveColumns(curved.slice(from, from + curvesPerGroup))))
      }
      await parquet.write(groups.end())
      await curves?.file.write(curves.groups.end())
      pending.push(await writeBeside(join(folder, 'summary.csv'), summaryCsv(overview.summary)))
      pending.push(await writeBeside(join(folder, 'summary.parquet'), summaryParquet(overview.summary)))
    }
    pending.push(await writeBeside(join(folder, 'run.json'), `${JSON.stringify({ ...run, ...(made && { made }) }, null, 2)}\n`))
    for (const file of pending) await file.place()
    if (!hasCurves) await rm(join(folder, curvesFile), { force: true })
    const current = new Set(maps.map(({ file }) => file))
    for (const file of await readdir(join(folder, 'maps'), { recursive: true })) {
      const path = join(folder, 'maps', file)
      if (path.endsWith('.npy') && !current.has(path)) await rm(path)
    }
    return isSame
  } catch (error) {
    for (const file of pending) await file.discard()
    throw error
  }
}

/** What `writeRun` writes, as names in the folder. */
export const runParts: readonly string[] = ['results.json', 'run.json', 'inputs.npy', 'maps', 'gallery', 'rows.csv', 'rows.parquet', 'summary.csv', 'summary.parquet', 'curves.parquet']

const tables = ['rows.csv', 'rows.parquet', 'summary.csv', 'summary.parquet']
const curvesFile = 'curves.parquet'

/** How many curves stand together in their file: some ten thousand points. */
const curvesPerGroup = 32

/** The same pieces, of which a sum is taken on their way. */
async function* summed<Piece extends string | Uint8Array>(sum: Hash, pieces: AsyncIterable<Piece> | Iterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    sum.update(piece)
    yield piece
  }
}

async function* inGroups(rows: AsyncIterable<ResultRow>, size: number): AsyncGenerator<readonly ResultRow[]> {
  let group: ResultRow[] = []
  for await (const row of rows) {
    if (group.push(row) < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** Results, of which lists may come one by one. */
type ResultsSource = Omit<Results, 'rows' | 'diagnostics'> & { readonly rows: AsyncIterable<ResultRow> | readonly ResultRow[]; readonly diagnostics: Iterable<Results['diagnostics'][number]> }

/**
 * results.json, piece by piece: a text of all rows may be too long. One row stands on one line, so that two runs can be compared by `diff`. Rows stand without their curves, which
 * are long and of which a reader wants the means.
 */
export async function* resultsPieces({ examples, predictions, rows, summary, comparisons, ranks, agreement, diagnostics, diagnosticSummary, curves, ...rest }: ResultsSource): AsyncGenerator<string> {
  yield JSON.stringify(rest, null, 2).replace(/\n}$/, '')
  for (const [key, items] of Object.entries({ examples, predictions, rows: withoutCurves(rows), summary, comparisons, ranks, agreement, diagnostics, diagnosticSummary, curves })) {
    yield `,\n  "${key}": [`
    let isFirst = true
    for await (const item of items) {
      yield `${isFirst ? '' : ','}\n    ${JSON.stringify(item)}`
      isFirst = false
    }
    yield isFirst ? ']' : '\n  ]'
  }
  yield '\n}\n'
}

async function* withoutCurves(rows: ResultsSource['rows']): AsyncGenerator<ResultRow> {
  for await (const row of rows) yield { ...row, curve: undefined }
}

async function* npyPieces(shape: readonly number[], count: number, read: (index: number) => Promise<Float32Array>): AsyncGenerator<Uint8Array> {
  yield npyHeader([count, ...shape])
  for (let index = 0; index < count; index++) yield littleEndian(await read(index))
}

/**
 * What a run's folder holds.
 * @param first of results, how many inputs, and maps of each method, from the first on; all unless told.
 * @throws UserError where the folder is not that of a run, or a file in it is damaged.
 */
export async function readRun(folder: string, firstOf: (results: Results) => number = () => Infinity): Promise<RunFolder> {
  const results = await readResults(folder)
  const first = firstOf(results)
  const maps = new Map<string, ReadonlyMap<string, Rows>>()
  for (const model of Object.keys(results.models)) {
    const byAttributer = new Map<string, Rows>()
    for (const attributer of Object.keys(results.config.attributers)) {
      const rows = await readRows(mapsFile(folder, model, attributer), first)
      if (rows) byAttributer.set(attributer, rows)
    }
    maps.set(model, byAttributer)
  }
  // What the folder was made from says nothing of the run.
  const record = await readJson<RunRecord>(join(folder, 'run.json'))
  const run = record && (Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'made')) as unknown as RunRecord)
  return { results, run, inputs: await readRows(join(folder, 'inputs.npy'), first), maps, gallery: await readGallery(join(folder, 'gallery')) }
}

/** What is not there in full, or in another format, is not shown. */
async function readGallery(folder: string): Promise<Gallery | undefined> {
  const index = await readJson<GalleryIndex>(join(folder, 'index.json'))
  const [inputs, maps] = [await readRows(join(folder, 'inputs.npy'), Infinity), await readRows(join(folder, 'maps.npy'), Infinity)]
  if (index?.format !== 'touchstone-gallery/1' || !inputs || !maps) return undefined
  return { ...index, inputs: eachRow(inputs), maps: eachRow(maps) }
}

/** What runs of earlier versions lack. */
const later = { metrics: {}, comparisons: [], ranks: [], agreement: [] }

/**
 * The results in the folder of a run; what the version of Touchstone that wrote it did not know is empty.
 * @throws UserError where the folder is not that of a run, or its results are damaged.
 */
export async function readResults(folder: string): Promise<Results> {
  const results = await readJson<Results>(join(folder, 'results.json'))
  if (results === undefined) throw new UserError(`${folder} holds no results.json: name the folder of a run, the one given as --out`)
  if (!isRecord(results)) throw new UserError(`${join(folder, 'results.json')}: expected the results of a run, found ${describe(results)}`)
  if ((results.format as string) !== 'touchstone-results/1') throw new UserError(`${join(folder, 'results.json')}: expected format "touchstone-results/1", found ${JSON.stringify(results.format)}: use the version of Touchstone that wrote it`)
  const whole = [results.config, results.models, results.dataset].every(isRecord) && isRecord(results.config.attributers) && [results.examples, results.predictions, results.rows, results.summary].every(Array.isArray)
  if (!whole) throw new UserError(`${join(folder, 'results.json')}: is damaged: it lacks the config, models, dataset, examples, predictions, rows or summary of a run`)
  const read: Results = { ...later, ...results }
  return Object.hasOwn(results, 'curves') ? read : { ...read, curves: meanCurves(results.rows) }
}

/** Labels may hold any printable character; a file's name may not. */
function mapsFile(folder: string, model: string, attributer: string): string {
  return join(folder, 'maps', encodeURIComponent(model), `${encodeURIComponent(attributer)}.npy`)
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const bytes = await readIfThere(file)
  if (!bytes) return undefined
  try {
    return JSON.parse(bytes.toString('utf8')) as T
  } catch (error) {
    throw new UserError(`${file}: is not JSON: ${messageOf(error)}`)
  }
}

async function readRows(file: string, first: number): Promise<Rows | undefined> {
  const bytes = await readIfThere(file)
  return bytes && decodeNpy(bytes, file, first)
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`)
  }
}
