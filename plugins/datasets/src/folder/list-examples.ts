import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '@touchstone/core'
import { mostFileBytes } from '../pictures/picture.js'
import { readLabelsCsv } from './labels-csv.js'
import { checkInside, listPictures } from './list-files.js'

/** A picture's path from the folder, which is its id, and its class's name where it has one. */
export interface ListedPicture {
  readonly id: string
  readonly label?: string
}

/**
 * The pictures of a folder and their classes: by `labels.csv` where there is one; or else by the folders in it, one per class, with pictures at any depth; or else,
 * where it has pictures alone, without labels. In order of the paths' characters.
 * @throws UserError for an empty class, pictures beside class folders, a file that labels.csv names and that is not there.
 */
export async function listExamples(folder: string): Promise<readonly ListedPicture[]> {
  const csv = join(folder, 'labels.csv')
  const found = await stat(csv).catch(() => undefined)
  if (found) return byCsv(folder, csv, found.size)
  const pictures = await listPictures(folder)
  if (pictures.length === 0) throw new UserError(`${folder}: expected pictures (.jpg, .jpeg, .png) in it or in a folder per class, found none: set options.folder to the folder above the classes`)
  const loose = pictures.filter((id) => !id.includes('/'))
  if (loose.length === pictures.length) return pictures.map((id) => ({ id }))
  if (loose.length > 0) throw new UserError(`${folder}: expected each picture in the folder of its class, found ${loose.length} beside the folders, such as ${loose[0]!}: move them, or label all by labels.csv`)
  const labelled = pictures.map((id) => ({ id, label: id.slice(0, id.indexOf('/')) }))
  const filled = new Set(labelled.map(({ label }) => label))
  const empty = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !filled.has(entry.name)).map(({ name }) => name)
  if (empty.length > 0) throw new UserError(`${folder}: expected pictures (.jpg, .jpeg, .png) in the folder of every class, found none in ${empty.sort().map((name) => `"${name}"`).join(', ')}: add some, or remove the folder`)
  return labelled
}

async function byCsv(folder: string, csv: string, size: number): Promise<readonly ListedPicture[]> {
  if (size > mostFileBytes) throw new UserError(`${csv}: expected at most ${mostFileBytes} bytes, found ${size}: give a shorter list`)
  const root = await realpath(folder)
  const listed = readLabelsCsv(await readFile(csv, 'utf8'), csv)
  for (const { file, line } of listed) {
    const there = await stat(join(folder, file)).catch(() => undefined)
    if (!there?.isFile()) throw new UserError(`${csv}, line ${line}: expected a file at ${join(folder, file)}, found ${there ? 'something else' : 'nothing'}: correct the line, or put the file there`)
    await checkInside(folder, file, root)
  }
  return listed.map(({ file, label }) => ({ id: file, label })).sort((a, b) => (a.id < b.id ? -1 : 1))
}
