import { readFile } from 'node:fs/promises'
import type { FileReader } from '@touchstone/core'

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
        reading = readFile(path).then((bytes) => {
          const shared = new SharedArrayBuffer(bytes.length)
          new Uint8Array(shared).set(bytes)
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
