import { type Log, type Storage } from '@touchstone/core'
import { decode, encode } from './codec.js'
import { checkEntry, encodePack, readIndex, type Entry, type Place } from './pack.js'
import { PackIndex, type Location } from './pack-index.js'

/** Keys that start so belong to things that no other process would find the same: they stay in memory. */
export const sessionPrefix = 'session:'

/** How many packs are read side by side. */
const readers = 16

/** Milliseconds that what is ready waits for more, unless somebody flushes: a file for each small entry would cost more than the entry. */
const patience = 50

/** No entry joins a pack of so many bytes. */
const fullPack = 64 * 1024 * 1024

/** Packs up to so many bytes are read whole, and the last of them are remembered: what was written together is mostly read together. */
const smallPack = 1024 * 1024
const remembered = { packs: 8, bytes: smallPack }

/** What follows the name of a pack that was set aside. */
const aside = '.damaged'

/** What a store holds, by kind. */
export interface StoreContent {
  readonly packs: number
  readonly bytes: number
  readonly oldest?: number
  readonly newest?: number
  readonly kinds: Readonly<Record<string, { readonly entries: number; readonly bytes: number }>>
}

export interface Verification {
  readonly packs: number
  readonly entries: number
  readonly damagedPacks: readonly string[]
  /** Entries whose bytes are not those that were written. */
  readonly damagedEntries: readonly { readonly kind: string; readonly key: string; readonly pack: string }[]
}

/**
 * What evaluations computed, by the hash of all that determines it: same key, same bytes. Entries are written within a moment, those that become ready in the
 * same moment together. What is read is checked against its checksum; what is damaged counts as absent.
 */
export class Store {
  readonly #storage: Storage
  readonly #warn: Log['warn']
  readonly #index = new PackIndex()
  /** Sizes by name. */
  readonly #packs = new Map<string, number>()
  readonly #recent = new Map<string, Promise<Uint8Array | undefined>>()
  readonly #session = new Map<string, Uint8Array>()
  /** Entries on their way, by key. */
  readonly #pending = new Map<string, Entry>()
  readonly #salvaging = new Map<string, Promise<void>>()
  /** Packs of which nothing can be used, until they are set aside. */
  readonly #damaged = new Set<string>()
  #writing: Promise<void> | undefined
  /** Ends the wait for more. */
  #hurry = (): void => undefined

  constructor(storage: Storage, warn: Log['warn']) {
    this.#storage = storage
    this.#warn = warn
  }

  /** A store with all that the storage holds by now. */
  static async open(storage: Storage, warn: Log['warn'] = () => undefined): Promise<Store> {
    const store = new Store(storage, warn)
    await store.refresh()
    return store
  }

  /** Takes note of what others have written, or removed, meanwhile. */
  async refresh(): Promise<void> {
    const items = (await this.#storage.list()).filter(({ name }) => isPack(name))
    const there = new Set(items.map(({ name }) => name))
    this.#forget(new Set([...this.#packs.keys()].filter((name) => !there.has(name))))
    const fresh = items.filter(({ name }) => !this.#packs.has(name))
    await inParallel(fresh, readers, async ({ name, size }) => {
      const places = await this.#places(name)
      this.#packs.set(name, size)
      if (places !== undefined) return this.#add(name, places)
      this.#damaged.add(name)
      this.#warn(`store: ${name} is damaged at its start: what it holds is computed again`)
    })
  }

  /** Whether there is an entry; that it is sound shows when it is read. */
  has(key: string): boolean {
    return this.#session.has(key) || this.#pending.has(key) || this.#index.has(key)
  }

  /** What was put there; undefined where nothing is, or where it is damaged. */
  async get<T>(key: string): Promise<T | undefined> {
    const known = this.#session.get(key) ?? this.#pending.get(key)?.bytes
    if (known) return decode(known) as T
    const place = this.#index.get(key)
    if (!place) return undefined
    const stored = await this.#read(place)
    const bytes = await checkEntry(stored, place)
    if (bytes) return decode(bytes) as T
    this.#index.delete(key)
    // A pack that is gone was tidied away by another process.
    if (stored === undefined) return undefined
    this.#warn(`store: a ${place.kind} in ${place.pack} is damaged: it is computed again`)
    const salvaging = this.#salvaging.get(place.pack) ?? this.#salvage(place.pack)
    this.#salvaging.set(place.pack, salvaging)
    await salvaging
    return undefined
  }

  /**
   * Puts plain data under a key. It can be read at once; `flush` waits until it is written.
   * @throws TypeError where the value is not plain data.
   */
  put(kind: string, key: string, value: unknown): void {
    const bytes = encode(value)
    if (key.startsWith(sessionPrefix)) {
      this.#session.set(key, bytes)
      return
    }
    if (this.#index.has(key)) return
    this.#pending.set(key, { kind, key, bytes })
    this.#writing ??= this.#write()
    // Whoever flushes is told.
    this.#writing.catch(() => undefined)
  }

  /** Resolves when all that was put is written. @throws UserError where it cannot be written; what was not is tried again by the next flush. */
  async flush(): Promise<void> {
    while (this.#pending.size > 0) {
      this.#writing ??= this.#write()
      this.#hurry()
      await this.#writing
    }
    await this.#writing
  }

  /** What it holds. */
  async content(): Promise<StoreContent> {
    const items = (await this.#storage.list()).filter(({ name }) => isPack(name))
    const kinds: Record<string, { entries: number; bytes: number }> = {}
    for (const { kind, length } of this.#index) {
      const sum = (kinds[kind] ??= { entries: 0, bytes: 0 })
      sum.entries++
      sum.bytes += length
    }
    const times = items.map(({ writtenAt }) => writtenAt)
    return {
      packs: items.length,
      bytes: items.reduce((sum, { size }) => sum + size, 0),
      ...(items.length > 0 && { oldest: times.reduce((a, b) => Math.min(a, b)), newest: times.reduce((a, b) => Math.max(a, b)) }),
      kinds,
    }
  }

  /** Reads everything and checks it. */
  async verify(): Promise<Verification> {
    const items = (await this.#storage.list()).filter(({ name }) => isPack(name))
    const damagedPacks: string[] = []
    const damagedEntries: { kind: string; key: string; pack: string }[] = []
    let entries = 0
    for (const { name } of items) {
      const places = await this.#places(name)
      if (places === undefined) damagedPacks.push(name)
      for (const place of places ?? []) {
        entries++
        if ((await checkEntry(await this.#storage.read(name, place.offset, place.offset + place.length), place)) === undefined) damagedEntries.push({ kind: place.kind, key: place.key, pack: name })
      }
    }
    return { packs: items.length, entries, damagedPacks, damagedEntries }
  }

  /** Removes packs written before `olderThan`, and the oldest until at most `maxBytes` are left. @returns how many went, and their bytes. */
  async prune({ olderThan = -Infinity, maxBytes = Infinity }: { readonly olderThan?: number; readonly maxBytes?: number }): Promise<{ readonly packs: number; readonly bytes: number }> {
    const oldestFirst = (await this.#storage.list()).filter(({ name }) => isPack(name.replace(aside, ''))).toSorted((a, b) => a.writtenAt - b.writtenAt)
    let left = oldestFirst.reduce((sum, { size }) => sum + size, 0)
    const removed = { packs: 0, bytes: 0 }
    const gone = new Set<string>()
    for (const { name, size, writtenAt } of oldestFirst) {
      if (writtenAt >= olderThan && left <= maxBytes) continue
      await this.#storage.remove(name)
      gone.add(name)
      left -= size
      removed.packs++
      removed.bytes += size
    }
    this.#forget(gone)
    return removed
  }

  /** Takes in all packs of another storage. @returns how many entries were new. */
  async merge(other: Storage): Promise<number> {
    const before = this.#index.size
    for (const { name } of await other.list()) {
      if (!isPack(name) || this.#packs.has(name)) continue
      const bytes = await other.read(name)
      const places = bytes && (await readIndex(name, (from, to) => Promise.resolve(bytes.subarray(from, to))))
      if (!places) {
        this.#warn(`store: ${name} is damaged at its start: it is left out`)
        continue
      }
      await this.#storage.write(name, bytes)
      this.#packs.set(name, bytes.length)
      this.#add(name, places)
    }
    return this.#index.size - before
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.size > 0) {
        await this.#wait()
        const entries: Entry[] = []
        let size = 0
        for (const entry of this.#pending.values()) {
          if (size > 0 && size + entry.bytes.length > fullPack) break
          entries.push(entry)
          size += entry.bytes.length
        }
        const { name, bytes, places } = await encodePack(entries)
        await this.#storage.write(name, bytes)
        this.#packs.set(name, bytes.length)
        this.#add(name, places)
        for (const { key } of entries) this.#pending.delete(key)
        await this.#setAside()
      }
    } finally {
      this.#writing = undefined
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Gives packs of which nothing can be used another name, so that they are told of once; they stay for whoever wants to look, until the store is pruned. */
  async #setAside(): Promise<void> {
    for (const name of this.#damaged) {
      this.#damaged.delete(name)
      const bytes = await this.#storage.read(name)
      if (bytes) await this.#storage.write(`${name}${aside}`, bytes)
      await this.#storage.remove(name)
    }
  }

  /** Writes the sound entries of a damaged pack anew and removes it. */
  async #salvage(pack: string): Promise<void> {
    for (const place of (await this.#places(pack)) ?? []) {
      const bytes = await checkEntry(await this.#storage.read(pack, place.offset, place.offset + place.length), place)
      if (this.#index.get(place.key)?.pack === pack) this.#index.delete(place.key)
      if (bytes && !this.has(place.key)) this.#pending.set(place.key, { kind: place.kind, key: place.key, bytes: bytes.slice() })
    }
    await this.flush()
    await this.#storage.remove(pack)
    this.#forget(new Set([pack]))
    this.#salvaging.delete(pack)
  }

  /** What lies at a place; undefined where the pack is gone. */
  async #read({ pack, offset, length }: Location): Promise<Uint8Array | undefined> {
    if ((this.#packs.get(pack) ?? Infinity) > smallPack) return this.#storage.read(pack, offset, offset + length)
    const whole = this.#recent.get(pack) ?? this.#storage.read(pack)
    // The last one asked for is the last to be forgotten.
    this.#recent.delete(pack)
    this.#recent.set(pack, whole)
    let bytes = [...this.#recent.keys()].reduce((sum, name) => sum + (this.#packs.get(name) ?? 0), 0)
    for (const name of this.#recent.keys()) {
      if (bytes <= remembered.bytes && this.#recent.size <= remembered.packs) break
      bytes -= this.#packs.get(name) ?? 0
      this.#recent.delete(name)
    }
    return (await whole)?.subarray(offset, offset + length)
  }

  #places(name: string): Promise<readonly Place[] | undefined> {
    return readIndex(name, (from, to) => this.#storage.read(name, from, to))
  }

  #add(pack: string, places: readonly Place[]): void {
    for (const { key, ...place } of places) this.#index.set(key, { ...place, pack })
  }

  #forget(packs: ReadonlySet<string>): void {
    if (packs.size === 0) return
    for (const pack of packs) {
      this.#packs.delete(pack)
      this.#recent.delete(pack)
    }
    this.#index.deletePacks(packs)
  }
}

/** Other things may lie in a bucket or folder. */
function isPack(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(width, items.length) }, async () => {
      while (next < items.length) await work(items[next++]!)
    }),
  )
}
