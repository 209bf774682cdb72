import { constants, existsSync } from 'node:fs'
import { access, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, UserError, type Rows } from '@touchstone/core'
import { rowsCsv, summaryCsv } from '../csv.js'
import type { Evaluation } from '../evaluate.js'
import { decodeNpy, encodeNpy } from '../npy.js'
import type { Results, RunRecord } from '../results.js'

/** What a run's folder holds: enough for a report. What is missing is undefined. */
export interface RunFolder {
  readonly results: Results
  readonly run: RunRecord | undefined
  readonly inputs: Rows | undefined
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
}

/**
 * Makes the folder of a run and makes sure that it can be written to, before any work.
 * @throws UserError where it cannot.
 */
export async function prepareRunFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
    const probe = join(folder, `.probe-${process.pid}`)
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    throw new UserError(`cannot write to the output folder ${folder}: ${fileFault(error)}; choose another with --out`)
  }
}

/** Takes back what `prepareRunFolder` made where nothing came of it: an empty folder goes, any other stays. */
export async function discardEmptyRunFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined)
}

/**
 * Writes results.json, run.json, rows.csv, summary.csv, inputs.npy and the maps as maps/<model>/<attributer>.npy. Each file is written
 * beside its place and then renamed, results.json last: a run that is there stays whole until it is replaced.
 *
 * @throws UserError where the disk is full or the folder cannot be written to.
 */
export async function writeRun(folder: string, { results, run, inputs, maps }: Evaluation): Promise<void> {
  await writeInPlace(join(folder, 'inputs.npy'), encodeNpy(inputs))
  for (const [model, byAttributer] of maps) for (const [attributer, rows] of byAttributer) await writeInPlace(mapsFile(folder, model, attributer), encodeNpy(rows))
  await writeInPlace(join(folder, 'rows.csv'), rowsCsv(results.rows))
  await writeInPlace(join(folder, 'summary.csv'), summaryCsv(results.summary))
  await writeInPlace(join(folder, 'run.json'), `${JSON.stringify(run, null, 2)}\n`)
  await writeInPlace(join(folder, 'results.json'), resultsJson(results))
}

/** One row to a line, so that two runs can be compared by `diff`. */
export function resultsJson({ rows, summary, ...rest }: Results): string {
  const list = (items: readonly unknown[]): string => `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
  const head = JSON.stringify(rest, null, 2).replace(/\n}$/, '')
  return `${head},\n  "rows": ${list(rows)},\n  "summary": ${list(summary)}\n}\n`
}

/** @throws UserError where the folder is not that of a run, or a file in it is damaged. */
export async function readRun(folder: string): Promise<RunFolder> {
  const results = await readJson<Results>(join(folder, 'results.json'))
  if (!results) throw new UserError(`${folder} holds no results.json: name the folder of a run, the one given as --out`)
  if ((results.format as string) !== 'touchstone-results/1') throw new UserError(`${join(folder, 'results.json')}: expected format "touchstone-results/1", found ${JSON.stringify(results.format)}: use the version of Touchstone that wrote it`)
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

/**
 * Writes a file whole or not at all.
 * @throws UserError where it cannot be written; what stood in its place is still there.
 */
export async function writeInPlace(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}.part`
  try {
    await makeFolder(dirname(file))
    await writeFile(beside, content)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw new UserError(`cannot write ${file}: ${fileFault(error)}`)
  }
}

/** As `mkdir` with `recursive`, which never comes back where the file system takes no folders, such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  await makeFolder(dirname(folder))
  await mkdir(folder).catch((error: unknown) => {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
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
