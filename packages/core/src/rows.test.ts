import { expect, test } from 'vitest'
import { argmax, canonicalJson, closest, eachRow, formatPath, hash, isUserError, rowAt, sliceRows, stackRows, suggestion, UserError } from './index.js'

test('rows are stacked, sliced and viewed without copies where they can be', () => {
  const rows = stackRows([Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(5, 6)], [2, 1])
  expect(rows.shape).toEqual([3, 2, 1])
  expect([...rowAt(rows, 1)]).toEqual([3, 4])
  expect(rowAt(rows, 1).buffer).toBe(rows.data.buffer)
  expect(sliceRows(rows, 1, 3)).toEqual({ shape: [2, 2, 1], data: Float32Array.of(3, 4, 5, 6) })
  expect(eachRow(rows)).toHaveLength(3)
  expect(() => stackRows([Float32Array.of(1)], [2])).toThrow('row 0 has 1 values, but shape [2] wants 2')
})

test('argmax takes the first of equal values', () => {
  expect(argmax([1, 3, 3])).toBe(1)
  expect(argmax([])).toBe(-1)
})

test('hashes tell parts apart and equal values give equal JSON', () => {
  expect(hash('ab', 'c')).not.toBe(hash('a', 'bc'))
  expect(hash(Float32Array.of(1))).toBe(hash(new Uint8Array([0, 0, 128, 63])))
  expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: undefined })).toBe('{"b":[1,{"c":2,"d":1}]}')
})

test('close names are suggested: by letters, by part, by initials', () => {
  const names = ['saliency', 'integrated-gradients', 'input-x-gradient']
  expect(closest('salency', names)).toEqual(['saliency'])
  expect(closest('ig', names)).toEqual(['integrated-gradients'])
  expect(suggestion('gradient', names)).toBe('; did you mean "input-x-gradient" or "integrated-gradients"?')
  expect(suggestion('zzzzzzzzz', names)).toBe('; known: input-x-gradient, integrated-gradients, saliency')
})

test('paths and mistakes read well', () => {
  expect(formatPath(['plugins', 0, 'options'])).toBe('plugins[0].options')
  expect(formatPath([])).toBe('config')
  expect(isUserError(new UserError('x'))).toBe(true)
  expect(isUserError(new Error('x'))).toBe(false)
})
