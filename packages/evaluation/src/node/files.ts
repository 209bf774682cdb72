import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, UserError } from '@touchstone/core'

/** A file that is written, but not yet in its place. */
export interface PendingFile {
  readonly place: () => Promise<void>
  readonly discard: () => Promise<void>
}

/** A file that is being written beside its place. */
export interface OpenFile extends PendingFile {
  readonly write: (piece: string | Uint8Array) => Promise<void>
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
  const beside = await openBeside(file)
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await beside.write(content)
    else for await (const piece of content) await beside.write(piece)
    return beside
  } catch (error) {
    await beside.discard()
    // What the pieces come from may fail as well.
    throw isFileFault(error) ? unwritable(file, error) : error
  }
}

/** Small pieces are gathered until they are so many bytes. */
const pieceSize = 64 * 1024

/** Opens a file that is put in its place when it is whole. @throws UserError, as all of its methods do, where it cannot be written. */
export async function openBeside(file: string): Promise<OpenFile> {
  const beside = `${file}.${process.pid}-${written++}.part`
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw isFileFault(error) ? unwritable(file, error) : error
    }
  }
  let handle: FileHandle | undefined
  const discard = async (): Promise<void> => {
    await close().catch(() => undefined)
    await rm(beside, { force: true }).catch(() => undefined)
  }
  let gathered: Uint8Array[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    const bytes = gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered)
    gathered = []
    size = 0
    if (bytes.length > 0) await handle!.writeFile(bytes)
  }
  const close = async (): Promise<void> => {
    const open = handle
    handle = undefined
    await open?.close()
  }
  handle = await attempt(async () => {
    await makeFolder(dirname(file))
    return open(beside, 'w')
  })
  return {
    write: async (piece) => {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
      gathered.push(bytes)
      size += bytes.length
      if (size >= pieceSize) await attempt(flush)
    },
    place: () =>
      attempt(async () => {
        try {
          if (handle) await flush()
          await close()
          await rename(beside, file)
        } catch (error) {
          await discard()
          throw error
        }
      }),
    discard,
  }
}

function unwritable(file: string, error: unknown): UserError {
  return new UserError(`cannot write ${file}: ${fileFault(error)}`)
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

/** Fills bytes with those of a file from a place on. @returns how many there were. */
export async function readInto(bytes: Uint8Array, file: FileHandle, from = 0): Promise<number> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
