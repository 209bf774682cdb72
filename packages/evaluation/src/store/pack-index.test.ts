import { hash } from '@touchstone/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PackIndex, type Location } from './pack-index.js'

const keys = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? `other ${index}` : hash(String(index)).slice(0, 40)))

test('it holds what a map of the same would, whatever is set, deleted and forgotten', () => {
  const key = fc.constantFrom(...keys)
  const pack = fc.constantFrom('one', 'two', 'three')
  const step = fc.oneof(
    fc.record({ what: fc.constant('set' as const), key, location: fc.record({ pack, kind: fc.constantFrom('map', 'score'), offset: fc.nat({ max: 2 ** 40 }), length: fc.nat() }) }),
    fc.record({ what: fc.constant('delete' as const), key }),
    fc.record({ what: fc.constant('forget' as const), pack }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const index = new PackIndex()
      const expected = new Map<string, Location>()
      for (const one of steps) {
        if (one.what === 'set') {
          index.set(one.key, one.location)
          expected.set(one.key, one.location)
        } else if (one.what === 'delete') {
          index.delete(one.key)
          expected.delete(one.key)
        } else {
          index.deletePacks(new Set([one.pack]))
          for (const [at, location] of expected) if (location.pack === one.pack) expected.delete(at)
        }
      }
      expect(index.size).toBe(expected.size)
      for (const one of keys) {
        expect(index.get(one)).toEqual(expected.get(one))
        expect(index.has(one)).toBe(expected.has(one))
      }
      const sorted = (locations: Iterable<Location>) => [...locations].map((location) => JSON.stringify([location.pack, location.kind, location.offset, location.length])).sort()
      expect(sorted(index)).toEqual(sorted(expected.values()))
    }),
  )
})

test('it grows, and forgetting makes room', () => {
  const index = new PackIndex()
  for (let round = 0; round < 3; round++) {
    for (let entry = 0; entry < 5000; entry++) index.set(hash(`${round} ${entry}`).slice(0, 40), { pack: `pack ${round}`, kind: 'map', offset: entry, length: 1 })
    expect(index.size).toBe(5000)
    expect(index.get(hash(`${round} 4999`).slice(0, 40))).toEqual({ pack: `pack ${round}`, kind: 'map', offset: 4999, length: 1 })
    index.deletePacks(new Set([`pack ${round}`]))
    expect(index.size).toBe(0)
  }
})
