import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isRecord } from '@touchstone/core'
import { writeInPlace } from './files.js'
import { sumsOfFiles } from './file-sums.js'
import { sourcesHold, type ConfigSettings, type RunSources } from './run-sources.js'

/** What stands in the folder of a finished run: by it the next one knows that there is nothing to do. */
interface Seal {
  readonly format: 'touchstone-seal/1'
  /** What the results follow from, where that can be told. */
  readonly sources?: RunSources
  /** The code that wrote what stands there. */
  readonly writer: string
  /** The files and folders that belong to the run. */
  readonly parts: readonly string[]
  /** Hashes of all files in them, by path in the folder. */
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * Seals the folder of a run, when all of it is written.
 * @param parts the files and folders that belong to the run, where they are there.
 * @param writer the code that wrote them.
 * @param sources what the results follow from; without them a seal tells no more than whether they are whole.
 */
export async function sealRun(folder: string, parts: readonly string[], writer: string, sources?: RunSources): Promise<void> {
  const seal: Seal = { format: 'touchstone-seal/1', ...(sources && { sources }), writer, parts, outputs: await outputsOf(folder, parts) }
  await writeInPlace(sealFile(folder), `${JSON.stringify(seal, null, 2)}\n`)
}

/**
 * Whether a folder holds the finished run of a config, to the byte as it was written, and all that it follows from is as it was.
 * @throws as `loadConfig` does.
 */
export async function isFinished(folder: string, writer: string, path: string, settings: ConfigSettings): Promise<boolean> {
  const seal = await readSeal(folder)
  if (seal?.sources === undefined || seal.writer !== writer) return false
  return (await sourcesHold(seal.sources, path, settings)) && (await isWhole(folder, seal))
}

/** Takes the seal from a folder that is about to be written to. @returns whether what is there is as it was written, as far as a seal can tell. */
export async function breakSeal(folder: string): Promise<boolean> {
  const seal = await readSeal(folder)
  await rm(sealFile(folder), { force: true })
  return seal === undefined || isWhole(folder, seal)
}

async function isWhole(folder: string, { parts, outputs }: Seal): Promise<boolean> {
  const now = await outputsOf(folder, parts)
  const names = Object.keys(now)
  return names.length === Object.keys(outputs).length && names.every((name) => now[name] === outputs[name])
}

async function outputsOf(folder: string, parts: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const files: string[] = []
  for (const part of parts.map((name) => join(folder, name)).filter((path) => existsSync(path))) {
    if ((await stat(part)).isFile()) files.push(part)
    else for (const entry of await readdir(part, { recursive: true, withFileTypes: true })) if (entry.isFile()) files.push(join(entry.parentPath, entry.name))
  }
  return Object.fromEntries(Object.entries(await sumsOfFiles(files)).map(([path, sum]) => [relative(folder, path), sum]))
}

/** One that cannot be read, or is damaged, is none. */
async function readSeal(folder: string): Promise<Seal | undefined> {
  try {
    const seal: unknown = JSON.parse(await readFile(sealFile(folder), 'utf8'))
    return isRecord(seal) && seal.format === 'touchstone-seal/1' && Array.isArray(seal.parts) && isRecord(seal.outputs) ? (seal as unknown as Seal) : undefined
  } catch {
    return undefined
  }
}

function sealFile(folder: string): string {
  return join(folder, 'seal.json')
}
