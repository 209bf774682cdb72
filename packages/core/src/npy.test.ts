import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeNpy, encodeNpy } from './index.js'

// numpy.save(file, numpy.arange(3, dtype='<f4').reshape(1, 3)) by NumPy 2.1.3.
const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"
const byNumpy = Uint8Array.from(`\x93NUMPY\x01\0v\0${header.padEnd(117)}\n\0\0\0\0\0\0\x80?\0\0\0@`, (letter) => letter.charCodeAt(0))

test('the bytes are those that NumPy writes', () => {
  const rows = { shape: [1, 3], data: Float32Array.of(0, 1, 2) }
  expect(encodeNpy(rows)).toEqual(byNumpy)
  expect(decodeNpy(byNumpy, 'x.npy')).toEqual(rows)
})

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }), (shape) => {
      const rows = { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)) }
      expect(decodeNpy(encodeNpy(rows), 'x.npy')).toEqual(rows)
    }),
  )
})

test('other files are refused', () => {
  const good = encodeNpy({ shape: [2], data: new Float32Array(2) })
  expect(() => decodeNpy(new Uint8Array(3), 'x.npy')).toThrow('x.npy: expected a NumPy array of version 1 to 3')
  expect(() => decodeNpy(good.subarray(0, good.length - 1), 'x.npy')).toThrow('x.npy: expected 136 bytes for float32 of shape [2], found 135')
  expect(() => decodeNpy(Uint8Array.from(good, (byte, i) => (i === 22 ? 'i'.charCodeAt(0) : byte)), 'x.npy')).toThrow('x.npy: expected float32, found int32: convert it by astype')
  // A size that no memory holds is refused before any is asked for.
  const huge = new TextEncoder().encode("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999, 99), }")
  expect(() => decodeNpy(Uint8Array.of(...good.subarray(0, 8), huge.length, 0, ...huge), 'x.npy')).toThrow(/x.npy: expected \d+ bytes for float32 of shape \[9999999999999, 99\], found 82/)
})
