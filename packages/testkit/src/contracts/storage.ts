import type { Storage } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { patience } from './opened.js'

/**
 * The contract of a storage, as vitest tests: what is written comes back, whole and in ranges; what is not there is undefined; writing again replaces;
 * the list holds everything once, with sizes and times; many at once do not disturb one another.
 *
 * ```ts
 * describeStorage('bucket', () => bucketStorage(emptyBucket()))
 * ```
 *
 * @param create makes a storage with nothing in it, for each test a new one.
 * @param reopen makes another on the same content, as another process would; left out where nothing outlives the first.
 */
export function describeStorage(name: string, create: () => Storage | Promise<Storage>, reopen?: (storage: Storage) => Storage | Promise<Storage>): void {
  const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)
  const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)

  describe(`${name} keeps the contract of a storage`, patience, () => {
    test('an empty one lists nothing, and gives nothing', async () => {
      const storage = await create()
      expect(await storage.list()).toEqual([])
      expect(await storage.read('absent')).toBeUndefined()
      await storage.remove('absent')
    })

    test('what is written comes back, whole and in ranges', async () => {
      const storage = await create()
      await storage.write('a.1', bytes('0123456789'))
      expect(text(await storage.read('a.1'))).toBe('0123456789')
      expect(text(await storage.read('a.1', 4))).toBe('456789')
      expect(text(await storage.read('a.1', 2, 5))).toBe('234')
      expect(text(await storage.read('a.1', 8, 100))).toBe('89')
      expect(text(await storage.read('a.1', 10, 12))).toBe('')
      await storage.write('empty', new Uint8Array(0))
      expect(text(await storage.read('empty'))).toBe('')
    })

    test('what was written does not change with the memory it came from, nor with what was read', async () => {
      const storage = await create()
      const memory = bytes('before')
      await storage.write('a', memory)
      memory.fill(0)
      ;(await storage.read('a'))!.fill(1)
      expect(text(await storage.read('a'))).toBe('before')
    })

    test('writing again replaces, removing removes', async () => {
      const storage = await create()
      await storage.write('a', bytes('long before'))
      await storage.write('a', bytes('after'))
      expect(text(await storage.read('a'))).toBe('after')
      await storage.remove('a')
      expect(await storage.read('a')).toBeUndefined()
      expect(await storage.list()).toEqual([])
    })

    test('the list holds everything, with sizes and times', async () => {
      const storage = await create()
      const from = Date.now() - 2000
      await storage.write('one', bytes('1'))
      await storage.write('three', bytes('123'))
      const items = await storage.list()
      expect(items.map(({ name: item, size }) => [item, size]).sort()).toEqual([['one', 1], ['three', 3]])
      for (const { writtenAt } of items) {
        expect(writtenAt).toBeGreaterThan(from)
        expect(writtenAt).toBeLessThan(Date.now() + 2000)
      }
    })

    test('many at once do not disturb one another, and a list never shows what is half written', async () => {
      const storage = await create()
      const contents = Array.from({ length: 40 }, (_, index) => String(index).repeat(5000))
      const whole = new Set(contents.map(({ length }) => length))
      const lists = Promise.all(Array.from({ length: 10 }, () => storage.list()))
      await Promise.all(contents.map((content, index) => storage.write(`n${index % 20}`, bytes(content))))
      for (const items of await lists) for (const { size } of items) expect(whole).toContain(size)
      for (let index = 0; index < 20; index++) expect([contents[index], contents[index + 20]]).toContain(text(await storage.read(`n${index}`)))
    })

    test.runIf(reopen)('another process finds it', async () => {
      const storage = await create()
      await storage.write('a', bytes('kept'))
      const again = await reopen!(storage)
      expect(text(await again.read('a'))).toBe('kept')
      await again.write('b', bytes('more'))
      expect(text(await storage.read('b'))).toBe('more')
    })
  })
}
