import { digest, digestHex } from '@touchstone/core'

/** One thing in a store. */
export interface Entry {
  /** What it is, as in `map` or `score`. */
  readonly kind: string
  readonly key: string
  readonly bytes: Uint8Array
}

/** Where an entry lies in its pack. */
export interface Place {
  readonly kind: string
  readonly key: string
  readonly offset: number
  readonly length: number
}

/*
 * A pack holds entries that were finished at the same time, so that many small ones cost one write and one file.
 *
 *   'TSPACK1\n', length of the index (uint32, little-endian), the index as JSON, then for each entry: SHA-256 of its bytes (32 bytes), its bytes.
 *
 * Its name is the SHA-256 of its index, which holds kinds, keys and lengths. The name vouches for the index, each checksum for its entry: a flipped bit
 * costs one entry, a pack cut short those behind the cut.
 */
const magic = new TextEncoder().encode('TSPACK1\n')
const headLength = magic.length + 4
const sumLength = 32

/** The most of a pack that its index may take. */
const longestIndex = 2 ** 28

/** As much as is read at first, in which most indices lie whole. */
const firstRead = 4096

/** A pack of entries, and its name. */
export async function encodePack(entries: readonly Entry[]): Promise<{ readonly name: string; readonly bytes: Uint8Array; readonly places: readonly Place[] }> {
  const sums = await Promise.all(entries.map(({ bytes }) => digest(bytes)))
  const index = new TextEncoder().encode(JSON.stringify(entries.map(({ kind, key, bytes }) => [kind, key, bytes.length])))
  const start = headLength + index.length
  const pack = new Uint8Array(start + entries.reduce((sum, { bytes }) => sum + sumLength + bytes.length, 0))
  pack.set(magic)
  new DataView(pack.buffer).setUint32(magic.length, index.length, true)
  pack.set(index, headLength)
  let offset = start
  const places = entries.map(({ kind, key, bytes }, position): Place => {
    pack.set(sums[position]!, offset)
    pack.set(bytes, offset + sumLength)
    const place = { kind, key, offset, length: sumLength + bytes.length }
    offset += place.length
    return place
  })
  return { name: await digestHex(index), bytes: pack, places }
}

/**
 * Where the entries of a pack lie.
 * @param read gives bytes of the pack from one place up to another; fewer where it ends before.
 * @returns undefined where the index is damaged: nothing of the pack can be used.
 */
export async function readIndex(name: string, read: (from: number, to: number) => Promise<Uint8Array | undefined>): Promise<readonly Place[] | undefined> {
  const first = await read(0, firstRead)
  if (!first || first.length < headLength || !magic.every((byte, at) => byte === first[at])) return undefined
  const length = new DataView(first.buffer, first.byteOffset, first.byteLength).getUint32(magic.length, true)
  if (length > longestIndex) return undefined
  const end = headLength + length
  const index = (end <= first.length ? first : await read(0, end))?.subarray(headLength, end)
  if (index?.length !== length || (await digestHex(index)) !== name) return undefined
  const entries = parseIndex(new TextDecoder().decode(index))
  let offset = end
  return entries?.map(([kind, key, size]) => {
    const place = { kind, key, offset, length: sumLength + size }
    offset += place.length
    return place
  })
}

/** Whoever can write to a store can give an index its right name: it is checked before it is believed. */
function parseIndex(text: string): readonly (readonly [kind: string, key: string, size: number])[] | undefined {
  try {
    const entries = JSON.parse(text) as unknown
    return Array.isArray(entries) && entries.every(isIndexEntry) ? entries : undefined
  } catch {
    return undefined
  }
}

function isIndexEntry(entry: unknown): entry is readonly [string, string, number] {
  return Array.isArray(entry) && entry.length === 3 && typeof entry[0] === 'string' && typeof entry[1] === 'string' && Number.isSafeInteger(entry[2]) && (entry[2] as number) >= 0
}

/** The bytes of an entry from what lies at its place; undefined where they are damaged. */
export async function checkEntry(stored: Uint8Array | undefined, { length }: Pick<Place, 'length'>): Promise<Uint8Array | undefined> {
  if (stored?.length !== length) return undefined
  const bytes = stored.subarray(sumLength)
  const sum = await digest(bytes)
  return sum.every((byte, at) => byte === stored[at]) ? bytes : undefined
}
