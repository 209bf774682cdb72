import { resolve } from 'node:path'
import { Option } from 'commander'

/** Where what is computed is kept. */
export interface StoreOption {
  readonly store: string
}

export function storeOption(): Option {
  return new Option('--store <folder>', 'where what is computed is kept, from run to run').default('.touchstone')
}

/** What a config that says nothing of it gets on the command line: all cores, and a store that outlives the run. */
export function defaultsOf(store: string) {
  return { executor: 'threads', store: { use: 'folder', options: { path: resolve(store) } } } as const
}
