import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, isRecord, messageOf, UserError, type Rows } from '@touchstone/core'
import { rowsCsv, summaryCsv } from '../csv.js'
import type { Evaluation } from '../evaluate.js'
import { decodeNpy, encodeNpy } from '../npy.js'
import type { Results, RunRecord } from '../results.js'
import { rowsParquet, summaryParquet } from './parquet.js'

/** What a run's folder holds: enough for a report. What is missing is undefined. */
export interface RunFolder {
  readonly results: Results
  readonly run: RunRecord | undefined
  readonly inputs: Rows | undefined
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
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
 * Writes results.json, run.json, rows and summary as .csv and .parquet, inputs.npy and the maps as maps/<model>/<attributer>.npy. All of them are written beside
 * their places first and renamed when the last one is whole, so a run that is there stays whole until it is replaced; maps of methods that are
 * no longer part of it go.
 *
 * @throws UserError where the disk is full or the folder cannot be written to.
 */
export async function writeRun(folder: string, { results, run, inputs, maps }: Evaluation): Promise<void> {
  const mapFiles = [...maps].flatMap(([model, byAttributer]) => [...byAttributer].map(([attributer, rows]) => [mapsFile(folder, model, attributer), rows] as const))
  const pending: PendingFile[] = []
  try {
    for (const [file, rows] of [[join(folder, 'inputs.npy'), inputs] as const, ...mapFiles]) pending.push(await writeBeside(file, encodeNpy(rows)))
    pending.push(await writeBeside(join(folder, 'rows.csv'), rowsCsv(results.rows)))
    pending.push(await writeBeside(join(folder, 'rows.parquet'), rowsParquet(results.rows)))
    pending.push(await writeBeside(join(folder, 'summary.csv'), summaryCsv(results.summary)))
    pending.push(await writeBeside(join(folder, 'summary.parquet'), summaryParquet(results.summary)))
    pending.push(await writeBeside(join(folder, 'run.json'), `${JSON.stringify(run, null, 2)}\n`))
    pending.push(await writeBeside(join(folder, 'results.json'), resultsJson(results)))
    for (const file of pending) await file.place()
  } catch (error) {
    for (const file of pending) await file.discard()
    throw error
  }
  const current = new Set(mapFiles.map(([file]) => file))
  for (const file of await readdir(join(folder, 'maps'), { recursive: true })) {
    const path = join(folder, 'maps', file)
    if (path.endsWith('.npy') && !current.has(path)) await rm(path)
  }
}

/** One row to a line, so that two runs can be compared by `diff`. */
export function resultsJson({ rows, summary, comparisons, ranks, agreement, diagnostics, diagnosticSummary, ...rest }: Results): string {
  const list = (items: readonly unknown[]): string => `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
  const head = JSON.stringify(rest, null, 2).replace(/\n}$/, '')
  const lists = Object.entries({ rows, summary, comparisons, ranks, agreement, diagnostics, diagnosticSummary }).map(([key, items]) => `  "${key}": ${items.length > 0 ? list(items) : '[]'}`)
  return `${head},\n${lists.join(',\n')}\n}\n`
}

/** @throws UserError where the folder is not that of a run, or a file in it is damaged. */
export async function readRun(folder: string): Promise<RunFolder> {
  const results = await readResults(folder)
  const maps = new Map<string, ReadonlyMap<string, Rows>>()
  for (const model of Object.keys(results.models)) {
    const byAttributer = new Map<string, Rows>()
    for (const attributer of Object.keys(results.config.attributers)) {
      const rows = await readRows(mapsFile(folder, model, attributer))
      if (rows) byAttributer.set(attributer, rows)
    }
    maps.set(model, byAttributer)
  }
  return { results, run: await readJson<RunRecord>(join(folder, 'run.json')), inputs: await readRows(join(folder, 'inputs.npy')), maps }
}

/** What runs of earlier versions lack. */
const laterLists = { comparisons: [], ranks: [], agreement: [] }

/**
 * The results in the folder of a run; lists that the version of Touchstone that wrote it did not know are empty.
 * @throws UserError where the folder is not that of a run, or its results are damaged.
 */
export async function readResults(folder: string): Promise<Results> {
  const results = await readJson<Results>(join(folder, 'results.json'))
  if (results === undefined) throw new UserError(`${folder} holds no results.json: name the folder of a run, the one given as --out`)
  if (!isRecord(results)) throw new UserError(`${join(folder, 'results.json')}: expected the results of a run, found ${describe(results)}`)
  if ((results.format as string) !== 'touchstone-results/1') throw new UserError(`${join(folder, 'results.json')}: expected format "touchstone-results/1", found ${JSON.stringify(results.format)}: use the version of Touchstone that wrote it`)
  const whole = [results.config, results.models, results.dataset].every(isRecord) && isRecord(results.config.attributers) && [results.examples, results.predictions, results.rows, results.summary].every(Array.isArray)
  if (!whole) throw new UserError(`${join(folder, 'results.json')}: is damaged: it lacks the config, models, dataset, examples, predictions, rows or summary of a run`)
  return { ...laterLists, ...results }
}

/**
 * Writes a file whole or not at all.
 * @throws UserError where it cannot be written; what stood in its place is still there.
 */
export async function writeInPlace(file: string, content: string | Uint8Array): Promise<void> {
  await (await writeBeside(file, content)).place()
}

/** A file that is written, but not yet in its place. */
interface PendingFile {
  readonly place: () => Promise<void>
  readonly discard: () => Promise<void>
}

async function writeBeside(file: string, content: string | Uint8Array): Promise<PendingFile> {
  const beside = `${file}.${process.pid}.part`
  const discard = (): Promise<void> => rm(beside, { force: true }).catch(() => undefined)
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      await discard()
      throw new UserError(`cannot write ${file}: ${fileFault(error)}`)
    }
  }
  await attempt(async () => {
    await makeFolder(dirname(file))
    await writeFile(beside, content)
  })
  return { place: () => attempt(() => rename(beside, file)), discard }
}

/**
 * As `mkdir` with `recursive`, which never comes back where the file system takes no folders, such as /proc.
 * @returns the folders that were made, outermost first.
 */
async function makeFolder(folder: string): Promise<readonly string[]> {
  if (existsSync(folder)) {
    if ((await stat(folder)).isDirectory()) return []
    throw Object.assign(new Error(`${folder} is a file`), { code: 'ENOTDIR' })
  }
  const above = await makeFolder(dirname(folder))
  try {
    await mkdir(folder)
    return [...above, folder]
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return above
    throw error
  }
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

async function readRows(file: string): Promise<Rows | undefined> {
  const bytes = await readIfThere(file)
  return bytes && decodeNpy(bytes, file)
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`)
  }
}

/** A file system's error in words. */
function fileFault(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full: free some space and run again; what was written before is still there'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the file system is read-only'
    case 'EEXIST':
    case 'ENOTDIR':
      return 'there is a file in its place'
    default:
      return messageOf(error)
  }
}
