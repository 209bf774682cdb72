import { gzipSync } from 'node:zlib'
import { isUserError } from '@touchstone/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIdx } from './index.js'

function idx(shape: readonly number[], values: readonly number[] = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)): Uint8Array {
  return Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((length) => [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]), ...values])
}

test('reads what was written, plain or gzipped, wherever the bytes start in their buffer', () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
  const arrays = shapes.chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1)
    return fc.record({ shape: fc.constant(shape), values: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: size, maxLength: size }) })
  })
  fc.assert(fc.property(arrays, ({ shape, values }) => {
    const bytes = idx(shape, values)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    for (const content of [bytes, gzipSync(bytes), shifted.subarray(3)]) expect(readIdx(content, 'file')).toEqual({ shape, data: Uint8Array.from(values) })
  }))
})

const gzipped = gzipSync(idx([2, 3]))

test.each([
  ['nothing at all', [], 'file is cut short: expected an IDX header of at least 8 bytes, found 0: fetch it again'],
  ['text', [60, 104, 116, 109, 108], 'file: expected the magic number of an IDX file of unsigned bytes (00 00 08 and the number of axes, 1 to 8), found 3c 68 74 6d: give a file in that format'],
  ['another type', [0, 0, 13, 1, 0, 0, 0, 0], 'file: expected the magic number of an IDX file of unsigned bytes (00 00 08 and the number of axes, 1 to 8), found 00 00 0d 01: give a file in that format'],
  ['no axes', [0, 0, 8, 0], 'file: expected the magic number of an IDX file of unsigned bytes (00 00 08 and the number of axes, 1 to 8), found 00 00 08 00: give a file in that format'],
  ['too many axes', [0, 0, 8, 9, ...new Array<number>(36).fill(255)], 'file: expected the magic number of an IDX file of unsigned bytes (00 00 08 and the number of axes, 1 to 8), found 00 00 08 09: give a file in that format'],
  ['half a header', [0, 0, 8, 3, 0, 0, 0, 1], 'file is cut short: expected a header of 16 bytes, found 8: fetch it again'],
  ['too few values', idx([2, 3]).slice(0, -1), 'file is cut short: expected 18 bytes (12 of header and 2 x 3 of values), found 17: fetch it again'],
  ['too many values', [...idx([2, 3]), 0], 'file has bytes to spare: expected 18 bytes (12 of header and 2 x 3 of values), found 19: give the file as it was published'],
  ['a monstrous header', idx([4294967295, 4294967295, 4294967295], []), 'file: expected at most 536870912 values, found a header of 4294967295 x 4294967295 x 4294967295: give a file of fewer items'],
  ['gzip cut short', gzipped.subarray(0, -9), 'file: expected gzip that unpacks to at most 536870912 bytes, found a fault (unexpected end of file): fetch it again, or unpack it yourself'],
  ['gzip with a wrong byte', gzipped.map((byte, index) => (index === gzipped.length - 6 ? byte ^ 1 : byte)), 'file: expected gzip that unpacks to at most 536870912 bytes, found a fault (incorrect data check): fetch it again, or unpack it yourself'],
])('%s is refused', (_what, bytes, message) => {
  let error: unknown
  try {
    readIdx(Uint8Array.from(bytes), 'file')
  } catch (thrown) {
    error = thrown
  }
  expect(isUserError(error)).toBe(true)
  expect((error as Error).message).toBe(message)
})
