import { defineExtension, type Storage } from '@touchstone/core'

/** A storage that lives as long as the process. */
export function memoryStorage(): Storage {
  const pieces = new Map<string, { readonly bytes: Uint8Array; readonly writtenAt: number }>()
  return {
    write: (name, bytes) => {
      pieces.set(name, { bytes: bytes.slice(), writtenAt: Date.now() })
      return Promise.resolve()
    },
    read: (name, from = 0, to = Infinity) => Promise.resolve(pieces.get(name)?.bytes.slice(from, to)),
    list: () => Promise.resolve([...pieces].map(([name, { bytes, writtenAt }]) => ({ name, size: bytes.length, writtenAt }))),
    remove: (name) => {
      pieces.delete(name)
      return Promise.resolve()
    },
  }
}

/** What is computed is kept until the evaluation ends. */
export const memory = defineExtension({ kind: 'storage', name: 'memory', summary: 'keeps what is computed as long as the evaluation lasts', traits: { reach: 'process' }, create: memoryStorage })
