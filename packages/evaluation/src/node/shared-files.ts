import { open } from 'node:fs/promises'
import type { FileReader } from '@touchstone/core'
import { readInto } from './files.js'

/**
 * Reads files once for all threads of a process: weights and data lie in memory once, and each engine takes its copy from there.
 * @param known what another thread has read, by path.
 */
export function createSharedFiles(known: ReturnType<FileReader['shared']> = new Map()): FileReader {
  const files = new Map<string, Promise<SharedArrayBuffer>>([...known].map(([path, bytes]) => [path, Promise.resolve(bytes)]))
  const read = new Map(known)
  return {
    read: async (path) => {
      let reading = files.get(path)
      if (!reading) {
        reading = readShared(path).then((shared) => {
          read.set(path, shared)
          return shared
        })
        files.set(path, reading)
        // What could not be read now may be there later.
        reading.catch(() => files.delete(path))
      }
      return new Uint8Array(await reading)
    },
    shared: () => new Map(read),
  }
}

/** Straight to where it stays: data sets are large, and what is read to be copied is garbage as large. */
async function readShared(path: string): Promise<SharedArrayBuffer> {
  await using file = await open(path)
  const { size } = await file.stat()
  const shared = new SharedArrayBuffer(size)
  const filled = await readInto(new Uint8Array(shared), file)
  return filled === size ? shared : shared.slice(0, filled)
}
