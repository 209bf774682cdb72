import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, digest, hash } from './index.js'

test('a digest is the SHA-256 of the bytes, whoever sums it up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      expect(await digest(bytes)).toEqual(sha256(bytes))
    }),
  )
})

test('a hash is that of its parts with their lengths before them, so that parts never run together', () => {
  expect(hash('ab', Float32Array.of(1))).toBe(bytesToHex(sha256(concatBytes(utf8ToBytes('2:ab4:'), new Uint8Array(Float32Array.of(1).buffer)))))
  expect(hash('ü')).toBe(bytesToHex(sha256(utf8ToBytes('2:ü'))))
  expect(hash('a', 'bc')).not.toBe(hash('ab', 'c'))
  expect(hash('a', Uint8Array.of(7), 'b', '')).toBe(bytesToHex(sha256(utf8ToBytes('1:a1:\u00071:b0:'))))
  const memory = Float32Array.of(1, 2, 3, 4)
  expect(hash(memory.subarray(1, 3))).toBe(hash(Float32Array.of(2, 3)))
})

test('texts of any characters, halves of pairs among them, have the hash of their bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.constantFrom('a', '\0', 'ü', '中', '😀', '\ud83d', '\ude00')), { maxLength: 4 }), (characters) => {
      const parts = characters.map((one) => one.join(''))
      const bytes = parts.map((part) => utf8ToBytes(part))
      expect(hash(...parts)).toBe(bytesToHex(sha256(concatBytes(...bytes.flatMap((part) => [utf8ToBytes(`${part.length}:`), part])))))
    }),
  )
})

test('canonical JSON sorts keys at every depth', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: 2 })).toBe('{"a":2,"b":[{"d":1}]}')
})
