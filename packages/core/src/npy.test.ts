import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeNpy, encodeNpy } from './index.js'

// numpy.save(file, numpy.arange(3, dtype='<f4').reshape(1, 3)) by NumPy 2.1.3.
const byNumpy =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPwAAAEA='

test('the bytes are those that NumPy writes', () => {
  const rows = { shape: [1, 3], data: Float32Array.of(0, 1, 2) }
  expect(Buffer.from(encodeNpy(rows)).toString('base64')).toBe(byNumpy)
  expect(decodeNpy(new Uint8Array(Buffer.from(byNumpy, 'base64')), 'x.npy')).toEqual(rows)
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
  expect(() => decodeNpy(new Uint8Array(3), 'x.npy')).toThrow('x.npy: expected a NumPy file of version 1.0')
  expect(() => decodeNpy(good.subarray(0, good.length - 1), 'x.npy')).toThrow('x.npy: shape [2] wants 136 bytes, found 135')
  expect(() => decodeNpy(Uint8Array.from(good, (byte, i) => (i === 21 ? '<f8'.charCodeAt(1) + 1 : byte)), 'x.npy')).toThrow('expected row-major little-endian float32')
})
