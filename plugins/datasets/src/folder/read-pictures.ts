import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isUserError, messageOf, UserError } from '@touchstone/core'
import { sha256 } from '../files.js'
import { mostFileBytes, pictureHeader, type PictureHeader } from '../pictures/picture.js'
import type { ListedPicture } from './list-examples.js'

/** A picture whose file was read once: what it is, and the hash of its bytes. */
export interface KnownPicture extends ListedPicture {
  readonly path: string
  readonly sha256: string
  readonly header: PictureHeader
}

/** Files that are open at the same time. */
const atOnce = 8

/** Faults that are told at most. */
const mostTold = 5

/** @throws UserError for a file that cannot be read or is too large. */
export async function readPictureFile(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path)
    // A pipe by such a name would be waited for.
    if (!found.isFile()) throw new Error('no file')
    const { size } = found
    if (size > mostFileBytes) throw new Error(`${size} bytes`)
    return await readFile(path)
  } catch (error) {
    throw new UserError(`${path}: expected a readable file of at most ${mostFileBytes} bytes, found a fault (${messageOf(error)}): put the right file there`)
  }
}

/**
 * Reads every file once, for its hash and its header; nothing is decoded.
 * @param fits says what is wrong with a picture that can be read, by throwing a UserError.
 * @throws UserError with what is wrong with all files, in their order; the first five are told.
 */
export async function readPictures(folder: string, listed: readonly ListedPicture[], fits: (picture: KnownPicture) => void): Promise<readonly KnownPicture[]> {
  const known = new Array<KnownPicture | undefined>(listed.length)
  const faults = new Array<string | undefined>(listed.length)
  let next = 0
  const reader = async (): Promise<void> => {
    for (let index = next++; index < listed.length; index = next++) {
      const path = join(folder, listed[index]!.id)
      try {
        const bytes = await readPictureFile(path)
        known[index] = { ...listed[index]!, path, sha256: sha256(bytes), header: pictureHeader(bytes, path) }
      } catch (error) {
        if (!isUserError(error)) throw error
        faults[index] = error.message
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, reader))
  const firstOf = new Map<string, KnownPicture>()
  for (const [index, picture] of known.entries()) {
    if (!picture) continue
    try {
      const same = firstOf.get(picture.sha256)
      if (same && same.label !== picture.label) throw new UserError(`${picture.path}: expected one label for a picture, found "${picture.label ?? 'none'}", and "${same.label ?? 'none'}" for the same bytes in ${same.path}: remove one of the two`)
      firstOf.set(picture.sha256, picture)
      fits(picture)
    } catch (error) {
      if (!isUserError(error)) throw error
      faults[index] = error.message
    }
  }
  const told = faults.filter((fault) => fault !== undefined)
  if (told.length === 1) throw new UserError(told[0])
  if (told.length > 1) {
    const more = told.length > mostTold ? [`... and ${told.length - mostTold} more`] : []
    throw new UserError([`${folder}: ${told.length} of ${listed.length} pictures cannot be used`, ...told.slice(0, mostTold), ...more].join('\n  '))
  }
  return known as readonly KnownPicture[]
}
