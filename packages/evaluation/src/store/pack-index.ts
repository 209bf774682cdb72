import { hash } from '@touchstone/core'
import type { Place } from './pack.js'

/** Where an entry lies. */
export interface Location extends Omit<Place, 'key'> {
  readonly pack: string
}

/** 32-bit words of a key. */
const words = 5

/** States of a slot; what stands in a slot that is taken is the number of its pack plus `first`. */
const [empty, gone, first] = [0, 1, 2]

/**
 * Where entries lie, by key: a hash table without an object per entry, some 40 bytes each, since a store holds millions. Keys are hashes of 40 hexadecimal digits; a
 * key that is none is hashed.
 */
export class PackIndex {
  /** Entries in it. */
  size = 0
  readonly #packs = new Numbers()
  readonly #kinds = new Numbers()
  /** Slots that are taken or gone. */
  #used = 0
  #slots = allocate(1024)

  get(key: string): Location | undefined {
    const slot = this.#find(wordsOf(key))
    return slot === undefined ? undefined : this.#at(slot)
  }

  has(key: string): boolean {
    return this.#find(wordsOf(key)) !== undefined
  }

  set(key: string, { kind, offset, length, pack }: Location): void {
    // At most three quarters full, so that a free slot is never far.
    if ((this.#used + 1) * 4 > this.#slots.owner.length * 3) this.#resize()
    this.#put(wordsOf(key), this.#packs.of(pack) + first, this.#kinds.of(kind), offset, length)
  }

  delete(key: string): void {
    const slot = this.#find(wordsOf(key))
    if (slot !== undefined) this.#free(slot)
  }

  /** Removes all that lies in these packs. */
  deletePacks(packs: ReadonlySet<string>): void {
    const numbers = new Set([...packs].map((pack) => this.#packs.of(pack) + first))
    this.#slots.owner.forEach((owner, slot) => {
      if (numbers.has(owner)) this.#free(slot)
    })
  }

  *[Symbol.iterator](): Generator<Location> {
    for (const [slot, owner] of this.#slots.owner.entries()) if (owner >= first) yield this.#at(slot)
  }

  #at(slot: number): Location {
    const { owner, kind, offset, length } = this.#slots
    return { pack: this.#packs.name(owner[slot]! - first), kind: this.#kinds.name(kind[slot]!), offset: offset[slot]!, length: length[slot]! }
  }

  #free(slot: number): void {
    this.#slots.owner[slot] = gone
    this.size--
  }

  #find(key: Uint32Array): number | undefined {
    const { owner, keys } = this.#slots
    for (let slot = key[0]! % owner.length; owner[slot] !== empty; slot = (slot + 1) % owner.length) if (owner[slot]! >= first && isAt(keys, slot, key)) return slot
    return undefined
  }

  #put(key: Uint32Array, pack: number, kindNumber: number, offsetInPack: number, lengthInPack: number): void {
    const { owner, keys, kind, offset, length } = this.#slots
    let slot = this.#find(key)
    if (slot === undefined) {
      slot = key[0]! % owner.length
      while (owner[slot]! >= first) slot = (slot + 1) % owner.length
      if (owner[slot] === empty) this.#used++
      this.size++
      keys.set(key, slot * words)
    }
    owner[slot] = pack
    kind[slot] = kindNumber
    offset[slot] = offsetInPack
    length[slot] = lengthInPack
  }

  /** Makes room, and leaves out what is gone. */
  #resize(): void {
    const { owner, keys, kind, offset, length } = this.#slots
    this.#slots = allocate(Math.max(1024, 2 ** Math.ceil(Math.log2((this.size + 1) * 2))))
    this.#used = this.size = 0
    for (const [slot, pack] of owner.entries()) if (pack >= first) this.#put(keys.subarray(slot * words, (slot + 1) * words), pack, kind[slot]!, offset[slot]!, length[slot]!)
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

function allocate(slots: number) {
  // Offsets may exceed 32 bits in a pack that one huge entry fills.
  return { owner: new Uint32Array(slots), keys: new Uint32Array(slots * words), kind: new Uint16Array(slots), offset: new Float64Array(slots), length: new Float64Array(slots) }
}

function isAt(keys: Uint32Array, slot: number, key: Uint32Array): boolean {
  for (let word = 0; word < words; word++) if (keys[slot * words + word] !== key[word]) return false
  return true
}

/** Working memory: a key is looked for before the next one comes. */
const current = new Uint32Array(words)

function wordsOf(key: string): Uint32Array {
  const digits = /^[0-9a-f]{40}$/.test(key) ? key : hash(key)
  for (let word = 0; word < words; word++) current[word] = Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16)
  return current
}
