import { resolve } from 'node:path'
import { UserError } from '@touchstone/core'
import { Store } from '@touchstone/evaluation'
import { folderStorage } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { ExitCode } from '../exit-code.js'
import { consoleLog } from '../log.js'
import { formatBytes } from '../plan-table.js'
import { storeFolder } from '../store-folder.js'
import { formatTable } from '../table.js'

interface StoreFlags {
  readonly store: string
  readonly json?: boolean
}

interface PruneFlags extends StoreFlags {
  readonly olderThan?: number
  readonly maxSize?: number
}

/** `touchstone store ls | verify | prune`. */
export function storeCommand(): Command {
  const withStore = (command: Command): Command => command.option('--store <folder>', 'the store', storeFolder).option('--json', 'print JSON')
  return new Command('store')
    .summary('show, check or tidy what evaluations have kept')
    .addCommand(
      withStore(new Command('ls').summary('show what a store holds')).action(async ({ store, json }: StoreFlags) => {
        const content = await (await open(store)).content()
        if (json) return console.log(JSON.stringify(content, null, 2))
        const rows = Object.entries(content.kinds).map(([kind, { entries, bytes }]) => [kind, String(entries), formatBytes(bytes)])
        const times = content.oldest === undefined ? '' : `, written from ${new Date(content.oldest).toISOString()} to ${new Date(content.newest!).toISOString()}`
        console.log(`${formatTable([['kind', 'entries', 'size'], ...rows])}\n\n${content.packs} files, ${formatBytes(content.bytes)}${times}`)
      }),
    )
    .addCommand(
      withStore(new Command('verify').summary('read all of a store and check it')).action(async ({ store, json }: StoreFlags) => {
        const found = await (await open(store)).verify()
        const sound = found.damagedPacks.length === 0 && found.damagedEntries.length === 0
        if (!sound) process.exitCode = ExitCode.userMistake
        if (json) return console.log(JSON.stringify(found, null, 2))
        for (const pack of found.damagedPacks) console.log(`${pack}: damaged at its start, nothing of it can be read`)
        for (const { pack, kind, key } of found.damagedEntries) console.log(`${pack}: the ${kind} ${key} is damaged`)
        console.log(sound ? `${found.entries} entries in ${found.packs} files are sound` : 'what is damaged is computed again by the next run that needs it; a file that cannot be read can be removed')
      }),
    )
    .addCommand(
      withStore(new Command('prune').summary('remove what is old or too much'))
        .option('--older-than <age>', 'what was written before that: 12h, 30d', parseAge)
        .option('--max-size <size>', 'the oldest, until so much is left: 500MB, 2GB', parseSize)
        .action(async ({ store, json, olderThan, maxSize }: PruneFlags) => {
          if (olderThan === undefined && maxSize === undefined) throw new UserError('store prune: name --older-than, --max-size or both')
          const removed = await (await open(store)).prune({ ...(olderThan !== undefined && { olderThan: Date.now() - olderThan }), ...(maxSize !== undefined && { maxBytes: maxSize }) })
          console.log(json ? JSON.stringify(removed) : `removed ${removed.packs} files, ${formatBytes(removed.bytes)}`)
        }),
    )
}

function open(folder: string): Promise<Store> {
  return Store.open(folderStorage(resolve(folder)), consoleLog.warn)
}

const ages = { s: 1, min: 60, h: 3600, d: 86_400 } as const
const sizes = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const

/** @returns milliseconds. */
function parseAge(text: string): number {
  return 1000 * parseQuantity('--older-than', text, ages)
}

/** @returns bytes. */
function parseSize(text: string): number {
  return parseQuantity('--max-size', text, sizes)
}

function parseQuantity(option: string, text: string, units: Readonly<Record<string, number>>): number {
  const [, count, unit] = /^([\d.]+)\s*([a-zA-Z]+)$/.exec(text) ?? []
  const factor = Object.entries(units).find(([name]) => name.toLowerCase() === unit?.toLowerCase())?.[1]
  if (factor === undefined || !Number.isFinite(Number(count))) throw new UserError(`${option}: expected a number and one of ${Object.keys(units).join(', ')}, such as 30${Object.keys(units).at(-2)!}, found "${text}"`)
  return Number(count) * factor
}
