import { hash } from '@touchstone/core'
import type { Place } from './pack.js'

/** Where an entry lies. */
export interface Location extends Omit<Place, 'key'> {
  readonly pack: string
}

/** 32-bit words of a key. */
const words = 5

/** Entries in a chunk of the list. */
const chunkSize = 4096

/** In place of a pack's number: the entry is gone. */
const gone = 0

/**
 * Where entries lie, by key: a list without an object per entry, 42 bytes each, since a store holds millions, and a hash table of places in it, 5 to 11 bytes an entry. The
 * list grows chunk by chunk, so nothing of it is ever there twice. Keys are hashes of 40 hexadecimal digits; a key that is none is hashed.
 */
export class PackIndex {
  /** Entries in it. */
  size = 0
  readonly #packs = new Numbers()
  readonly #kinds = new Numbers()
  readonly #chunks: Chunk[] = []
  /** Entries in the list, those that are gone included. */
  #listed = 0
  /** Places in the list plus one; 0 where a slot is free. */
  #slots = new Uint32Array(1024)

  get(key: string): Location | undefined {
    const entry = this.#entryAt(this.#find(wordsOf(key)))
    return entry === undefined ? undefined : this.#location(entry)
  }

  has(key: string): boolean {
    return this.#entryAt(this.#find(wordsOf(key))) !== undefined
  }

  set(key: string, { kind, offset, length, pack }: Location): void {
    const digits = wordsOf(key)
    let entry = this.#entryAt(this.#find(digits))
    if (entry === undefined) {
      // At most three quarters full, so that a free slot is never far.
      if ((this.#listed + 1) * 4 > this.#slots.length * 3) this.#rebuild()
      entry = this.#listed++
      this.size++
      if (this.#chunks.length * chunkSize === entry) this.#chunks.push(allocate())
      const { chunk, at } = this.#in(entry)
      chunk.keys.set(digits, at * words)
      this.#slots[this.#find(digits)] = entry + 1
    }
    const { chunk, at } = this.#in(entry)
    chunk.pack[at] = this.#packs.of(pack) + 1
    chunk.kind[at] = this.#kinds.of(kind)
    chunk.offset[at] = offset
    chunk.length[at] = length
  }

  delete(key: string): void {
    const entry = this.#entryAt(this.#find(wordsOf(key)))
    if (entry !== undefined) this.#free(entry)
  }

  /** Removes all that lies in these packs. */
  deletePacks(packs: ReadonlySet<string>): void {
    const numbers = new Set([...packs].map((pack) => this.#packs.of(pack) + 1))
    for (let entry = 0; entry < this.#listed; entry++) if (numbers.has(this.#packOf(entry))) this.#free(entry)
  }

  *[Symbol.iterator](): Generator<Location> {
    for (let entry = 0; entry < this.#listed; entry++) if (this.#packOf(entry) !== gone) yield this.#location(entry)
  }

  #in(entry: number): Row {
    return { chunk: this.#chunks[Math.floor(entry / chunkSize)]!, at: entry % chunkSize }
  }

  #packOf(entry: number): number {
    const { chunk, at } = this.#in(entry)
    return chunk.pack[at]!
  }

  #location(entry: number): Location {
    const { chunk, at } = this.#in(entry)
    return { pack: this.#packs.name(chunk.pack[at]! - 1), kind: this.#kinds.name(chunk.kind[at]!), offset: chunk.offset[at]!, length: chunk.length[at]! }
  }

  #free(entry: number): void {
    const { chunk, at } = this.#in(entry)
    chunk.pack[at] = gone
    this.size--
  }

  /** The slot of a key, or the free one where its search ends. */
  #find(key: Uint32Array): number {
    const slots = this.#slots
    let slot = key[0]! % slots.length
    for (; slots[slot] !== 0; slot = (slot + 1) % slots.length) {
      const { chunk, at } = this.#in(slots[slot]! - 1)
      if (chunk.pack[at] !== gone && isAt(chunk.keys, at, key)) break
    }
    return slot
  }

  /** What a slot names; undefined for a free one. */
  #entryAt(slot: number): number | undefined {
    const place = this.#slots[slot]!
    return place === 0 ? undefined : place - 1
  }

  /** Leaves out of the list what is gone, and makes room. */
  #rebuild(): void {
    const listed = this.#listed
    this.#slots = new Uint32Array(Math.max(1024, 2 ** Math.ceil(Math.log2((this.size + 1) * 2))))
    this.#listed = 0
    for (let entry = 0; entry < listed; entry++) {
      const from = this.#in(entry)
      if (from.chunk.pack[from.at] === gone) continue
      const to = this.#in(this.#listed)
      move(from, to)
      this.#slots[this.#find(to.chunk.keys.subarray(to.at * words, (to.at + 1) * words))] = ++this.#listed
    }
    this.#chunks.length = Math.ceil(this.#listed / chunkSize)
  }
}

/** Numbers in place of names that stand there often. */
class Numbers {
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()

  of(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) this.#numbers.set(name, (number = this.#names.push(name) - 1))
    return number
  }

  name(number: number): string {
    return this.#names[number]!
  }
}

type Chunk = ReturnType<typeof allocate>

function allocate() {
  // Offsets may exceed 32 bits in a pack that one huge entry fills.
  return { pack: new Uint32Array(chunkSize), keys: new Uint32Array(chunkSize * words), kind: new Uint16Array(chunkSize), offset: new Float64Array(chunkSize), length: new Float64Array(chunkSize) }
}

interface Row {
  readonly chunk: Chunk
  readonly at: number
}

function move(from: Row, to: Row): void {
  to.chunk.keys.set(from.chunk.keys.subarray(from.at * words, (from.at + 1) * words), to.at * words)
  for (const column of ['pack', 'kind', 'offset', 'length'] as const) to.chunk[column][to.at] = from.chunk[column][from.at]!
}

function isAt(keys: Uint32Array, at: number, key: Uint32Array): boolean {
  for (let word = 0; word < words; word++) if (keys[at * words + word] !== key[word]) return false
  return true
}

/** Working memory: a key is looked for before the next one comes. */
const current = new Uint32Array(words)

function wordsOf(key: string): Uint32Array {
  const digits = /^[0-9a-f]{40}$/.test(key) ? key : hash(key)
  for (let word = 0; word < words; word++) current[word] = Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16)
  return current
}
