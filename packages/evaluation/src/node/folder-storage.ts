import { existsSync } from 'node:fs'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Base, defineExtension, option, schemaOf, UserError, type Storage, type StoredItem } from '@touchstone/core'
import { fileFault, readInto, writeInPlace } from './files.js'

/** Half-written files of processes that were killed are removed after so many milliseconds. */
const forgotten = 24 * 60 * 60 * 1000

/**
 * A storage in a folder, made when something is first written: one file per piece, written beside its place and renamed, so that none is ever half there.
 * Any number of processes may use it at once.
 */
export function folderStorage(folder: string): Storage {
  const isName = (name: string): boolean => /^[\w-][\w.-]{0,99}$/.test(name)
  const fileOf = (name: string): string => {
    if (!isName(name)) throw new RangeError(`"${name}" cannot be the name of a file of the store`)
    return join(folder, name)
  }
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw new UserError(`cannot ${what} the store ${folder}: ${fileFault(error)}`)
    }
  }
  return {
    write: async (name, bytes) => {
      // What is computed is not source: no repository should take it in.
      if (!existsSync(folder)) await writeInPlace(join(folder, '.gitignore'), '*\n')
      await writeInPlace(fileOf(name), bytes)
    },
    read: (name, from = 0, to) =>
      attempt('read', async () => {
        await using file = await open(fileOf(name))
        const end = Math.min(to ?? Infinity, (await file.stat()).size)
        const bytes = new Uint8Array(Math.max(0, end - from))
        const filled = await readInto(bytes, file, from)
        return bytes.subarray(0, filled)
      }),
    list: async () => {
      const names = (await attempt('read', () => readdir(folder))) ?? []
      const items = await Promise.all(
        names.filter(isName).map(async (name): Promise<StoredItem | undefined> => {
          const found = await attempt('read', () => stat(join(folder, name)))
          if (!found?.isFile()) return undefined
          if (!name.endsWith('.part')) return { name, size: found.size, writtenAt: found.mtimeMs }
          if (Date.now() - found.mtimeMs > forgotten) await rm(join(folder, name), { force: true }).catch(() => undefined)
          return undefined
        }),
      )
      return items.filter((item) => item !== undefined)
    },
    remove: async (name) => {
      await attempt('remove from', () => rm(fileOf(name), { force: true }))
    },
  }
}

/** What is computed is kept in a folder, from run to run. */
export const folder = defineExtension({
  kind: 'storage',
  name: 'folder',
  summary: 'keeps what is computed in a folder, from run to run; several processes may share it',
  traits: { reach: 'folder' },
  options: { path: option(schemaOf((value): value is string => typeof value === 'string' && value !== '', 'expected a path'), { summary: 'the folder', default: '.touchstone' }) },
  services: { base: Base },
  create: ({ path }, { base }) => folderStorage(resolve(base.path, path)),
})
