import { existsSync } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, UserError } from '@touchstone/core'

/** A file that is written, but not yet in its place. */
export interface PendingFile {
  readonly place: () => Promise<void>
  readonly discard: () => Promise<void>
}

/**
 * Writes a file whole or not at all.
 * @throws UserError where it cannot be written; what stood in its place is still there.
 */
export async function writeInPlace(file: string, content: FileContent): Promise<void> {
  await (await writeBeside(file, content)).place()
}

/** What a file is to hold: at once, or piece by piece. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array> | Iterable<string>

let written = 0

/** @throws UserError where it cannot be written. */
export async function writeBeside(file: string, content: FileContent): Promise<PendingFile> {
  const beside = `${file}.${process.pid}-${written++}.part`
  const discard = (): Promise<void> => rm(beside, { force: true }).catch(() => undefined)
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      await discard()
      // What the pieces come from may fail as well.
      throw isFileFault(error) ? new UserError(`cannot write ${file}: ${fileFault(error)}`) : error
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
export async function makeFolder(folder: string): Promise<readonly string[]> {
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

function isFileFault(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
}

/** A file system's error in words. */
export function fileFault(error: unknown): string {
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
