import { digestHex, type Storage } from '@touchstone/core'
import { describeStorage } from '@touchstone/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryStorage } from './memory-storage.js'
import { Store } from './store.js'

describeStorage('memory', memoryStorage, (storage) => storage)

/** A store with some entries of different sizes, all written. */
async function filled(storage: Storage, count = 5): Promise<Store> {
  const store = await Store.open(storage)
  for (let index = 0; index < count; index++) store.put('score', `key${index}`, { value: index, data: new Float32Array(index * 10).fill(index) })
  await store.flush()
  return store
}

const valueOf = async (store: Store, key: string) => (await store.get<{ readonly value: number }>(key))?.value

test('what is put can be read at once, and by others once it is flushed', async () => {
  const storage = memoryStorage()
  const store = await Store.open(storage)
  store.put('map', 'a', { values: Float32Array.of(1, NaN) })
  expect(await store.get('a')).toEqual({ values: Float32Array.of(1, NaN) })
  await store.flush()
  expect(await (await Store.open(storage)).get('a')).toEqual({ values: Float32Array.of(1, NaN) })
  expect(await store.get('b')).toBeUndefined()
})

test('what is ready at the same time is written together', async () => {
  const storage = memoryStorage()
  await filled(storage, 200)
  expect((await storage.list()).length).toBeLessThan(5)
})

test('what belongs to the session never reaches the storage', async () => {
  const storage = memoryStorage()
  const store = await Store.open(storage)
  store.put('map', 'session:a', 1)
  await store.flush()
  expect(await store.get('session:a')).toBe(1)
  expect(store.has('session:a')).toBe(true)
  expect(await storage.list()).toEqual([])
})

test('two stores on one storage see what the other wrote after a refresh', async () => {
  const storage = memoryStorage()
  const [one, two] = [await Store.open(storage), await Store.open(storage)]
  one.put('score', 'a', 1)
  two.put('score', 'b', 2)
  await Promise.all([one.flush(), two.flush()])
  expect(one.has('b')).toBe(false)
  await one.refresh()
  expect(await one.get('b')).toBe(2)
})

test('a pack that another process tidied away counts as absent, without a word', async () => {
  const storage = memoryStorage()
  const warnings: string[] = []
  await filled(storage)
  const store = await Store.open(storage, (message) => warnings.push(message))
  for (const { name } of await storage.list()) await storage.remove(name)
  expect(await store.get('key3')).toBeUndefined()
  expect(store.has('key3')).toBe(false)
  await store.refresh()
  expect(store.has('key2')).toBe(false)
  expect(warnings).toEqual([])
})

test('whatever bit is flipped and wherever a file is cut: no wrong value, a word about it, and the rest is still there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat({ max: 7 }), fc.boolean(), async (where, bit, cut) => {
      const storage = memoryStorage()
      await filled(storage)
      const { name } = (await storage.list())[0]!
      const bytes = (await storage.read(name))!
      const at = Math.floor(where * bytes.length)
      if (!cut) bytes[at]! ^= 1 << bit
      await storage.write(name, cut ? bytes.subarray(0, at) : bytes)

      const warnings: string[] = []
      const store = await Store.open(storage, (message) => warnings.push(message))
      const values = []
      for (let index = 0; index < 5; index++) values.push(await valueOf(store, `key${index}`))
      const lost = values.filter((value) => value === undefined).length
      values.forEach((value, index) => expect([index, undefined]).toContain(value))
      expect(lost).toBeGreaterThan(0)
      expect(warnings.length).toBeGreaterThan(0)
      for (const warning of warnings) expect(warning).toMatch(/^store: .* is damaged.*: .* computed again$/)

      // What is computed again is there for the next, and nothing is said twice.
      values.forEach((value, index) => value === undefined && store.put('score', `key${index}`, { value: index }))
      await store.flush()
      const calm: string[] = []
      const next = await Store.open(storage, (message) => calm.push(message))
      for (let index = 0; index < 5; index++) expect(await valueOf(next, `key${index}`)).toBe(index)
      // A pack that cannot be read from its start is left for "verify" and "prune", which say so.
      expect(calm.length).toBe((await next.verify()).damagedPacks.length)
    }),
    { numRuns: 60 },
  )
})

test('verify names what is damaged; prune removes what is old, then what is too much', async () => {
  const storage = memoryStorage()
  const store = await filled(storage, 1)
  store.put('map', 'late', new Float32Array(1000))
  await store.flush()
  expect(await store.verify()).toEqual({ packs: 2, entries: 2, damagedPacks: [], damagedEntries: [] })
  expect(await store.content()).toMatchObject({ packs: 2, kinds: { score: { entries: 1 }, map: { entries: 1 } } })

  const items = await storage.list()
  const large = items.find(({ size }) => size > 1000)!
  const damaged = (await storage.read(large.name))!
  damaged[damaged.length - 1]! ^= 1
  await storage.write(large.name, damaged)
  expect((await store.verify()).damagedEntries).toEqual([{ kind: 'map', key: 'late', pack: large.name }])

  expect(await store.prune({ maxBytes: 3000 + large.size })).toEqual({ packs: 0, bytes: 0 })
  expect(await store.prune({ olderThan: 1 })).toEqual({ packs: 0, bytes: 0 })
  expect((await store.prune({ maxBytes: large.size })).packs).toBe(1)
  expect(store.has('key0')).toBe(false)
  expect((await store.prune({ olderThan: Date.now() + 1000 })).packs).toBe(1)
  expect(await storage.list()).toEqual([])
})

test('merging takes in what another store has, and nothing twice', async () => {
  const [here, there] = [memoryStorage(), memoryStorage()]
  const store = await filled(here, 3)
  await filled(there, 6)
  expect(await store.merge(there)).toBe(3)
  expect(await store.merge(there)).toBe(0)
  expect(await valueOf(await Store.open(here), 'key5')).toBe(5)
})

test('a storage that cannot be written to is told when it is flushed, and tried again by the next', async () => {
  const storage = memoryStorage()
  let full = true
  const store = await Store.open({ ...storage, write: (name, bytes) => (full ? Promise.reject(new Error('full')) : storage.write(name, bytes)) })
  store.put('score', 'a', 1)
  await expect(store.flush()).rejects.toThrow('full')
  expect(await store.get('a')).toBe(1)
  full = false
  await store.flush()
  expect(await (await Store.open(storage)).get('a')).toBe(1)
})

test('a pack that is damaged at its start is told of once: the next that is written has it set aside, and prune takes it away', async () => {
  const storage = memoryStorage()
  await filled(storage)
  const { name } = (await storage.list())[0]!
  await storage.write(name, Uint8Array.of(1, 2, 3))
  const told = async (work: (store: Store) => Promise<void>): Promise<number> => {
    let warnings = 0
    await work(await Store.open(storage, () => warnings++))
    return warnings
  }
  // Who only reads changes nothing.
  expect(await told(async (store) => expect(await store.get('key1')).toBeUndefined())).toBe(1)
  expect(await told(async (store) => {
    store.put('score', 'another', 1)
    await store.flush()
  })).toBe(1)
  expect(await told(async (store) => expect(await store.get('another')).toBe(1))).toBe(0)
  expect(await storage.read(`${name}.damaged`)).toEqual(Uint8Array.of(1, 2, 3))
  await (await Store.open(storage)).prune({ olderThan: Infinity })
  expect(await storage.list()).toEqual([])
})

test.each([
  ['no list', '{}'],
  ['no JSON', '[['],
  ['a size that is no size', '[["map","a",-8]]'],
  ['more than any memory holds', '[["map","a",1e300]]'],
  ['an object for a key', '[["map",{},8]]'],
])('a pack whose index is %s, though its name is right, counts as damaged', async (_name, text) => {
  const storage = memoryStorage()
  const index = new TextEncoder().encode(text)
  const pack = new Uint8Array(12 + index.length)
  pack.set(new TextEncoder().encode('TSPACK1\n'))
  new DataView(pack.buffer).setUint32(8, index.length, true)
  pack.set(index, 12)
  const name = await digestHex(index)
  await storage.write(name, pack)
  const warnings: string[] = []
  expect((await (await Store.open(storage, (message) => warnings.push(message))).verify()).damagedPacks).toEqual([name])
  expect(warnings).toEqual([`store: ${name} is damaged at its start: what it holds is computed again`])
})

test('an entry that says to be larger than its file is damaged, and takes no memory', async () => {
  const storage = memoryStorage()
  const index = new TextEncoder().encode('[["map","a",9007199254740000]]')
  const pack = new Uint8Array(12 + index.length)
  pack.set(new TextEncoder().encode('TSPACK1\n'))
  new DataView(pack.buffer).setUint32(8, index.length, true)
  pack.set(index, 12)
  await storage.write(await digestHex(index), pack)
  expect(await (await Store.open(storage)).get('a')).toBeUndefined()
})
