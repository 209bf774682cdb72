import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from './codec.js'

const arrays = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.uint8Array(),
)
const { data } = fc.letrec((tie) => ({
  data: fc.oneof({ maxDepth: 4 }, fc.double(), fc.string(), fc.boolean(), fc.constant(null), arrays, fc.array(tie('data')), fc.dictionary(fc.string({ minLength: 1 }), tie('data')).filter((record) => !('\u0000' in record))),
}))

test('plain data comes back as it was, to the last bit', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(decode(encode(value))).toStrictEqual(clean(value))
    }),
  )
})

test('equal data gives equal bytes, also from a view into other memory', () => {
  const values = Float32Array.of(1, 2, 3, 4)
  expect(encode({ a: values.subarray(1, 3) })).toEqual(encode({ a: Float32Array.of(2, 3) }))
})

test('members that are undefined are left out', () => {
  expect(decode(encode({ a: undefined, b: 1 }))).toStrictEqual({ b: 1 })
})

test.each([
  [{ a: { f: () => 1 } }, 'a.f: expected plain data, found function'],
  [[new Map()], '[0]: expected plain data, found Map'],
  [undefined, 'value: expected plain data, found undefined'],
  [{ d: new DataView(new ArrayBuffer(1)) }, 'd: expected plain data, found DataView'],
  [10n, 'value: expected plain data, found bigint'],
])('what is no plain data is refused by its place: %o', (value, message) => {
  expect(() => encode(value)).toThrow(new TypeError(message))
})

test('bytes that end too soon are refused', () => {
  const bytes = encode({ a: Float64Array.of(1, 2, 3) })
  for (const length of [0, 2, 10, bytes.length - 1]) expect(() => decode(bytes.subarray(0, length))).toThrow()
})

/** Objects without a prototype come back with one. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]))
}
