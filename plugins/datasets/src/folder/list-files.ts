import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { UserError } from '@touchstone/core'

const isPicture = (name: string): boolean => /\.(jpe?g|png)$/i.test(name)

/** Folders in folders beyond this are refused. */
const deepest = 32

/**
 * The pictures below a folder by their paths from there, with `/` between, in order of their characters. Hidden files and files of other endings are passed over.
 * @throws UserError for a picture that is a link out of the folder, and for links to folders.
 */
export async function listPictures(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  await walk(folder, '', await realpath(folder), found, 0)
  return found.sort((a, b) => (a < b ? -1 : 1))
}

async function walk(folder: string, below: string, root: string, found: string[], depth: number): Promise<void> {
  if (depth > deepest) throw new UserError(`${join(folder, below)}: expected folders at most ${deepest} deep, found more: give the folder of the pictures`)
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) await walk(folder, path, root, found, depth + 1)
    else if (entry.isSymbolicLink() && (await isFolder(join(folder, path)))) throw new UserError(`${join(folder, path)}: expected a folder, found a link to one: put a copy there`)
    else if (isPicture(entry.name)) {
      if (!entry.isFile()) await checkInside(folder, path, root)
      found.push(path)
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false)
}

/**
 * @param root the real path of `folder`.
 * @throws UserError where a path, links followed, is no file in the folder.
 */
export async function checkInside(folder: string, path: string, root: string): Promise<void> {
  const real = await realpath(join(folder, path)).catch(() => undefined)
  const from = real === undefined ? '..' : relative(root, real)
  if (from === '..' || from.startsWith(`..${sep}`)) throw new UserError(`${join(folder, path)}: expected a file inside ${folder}, found ${real === undefined ? 'a link to nothing' : `a link to ${real}`}: put a copy there`)
}
