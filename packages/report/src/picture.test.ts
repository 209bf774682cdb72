import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { arm, diverging } from './colours.js'
import { indexedPng, inputPng, layoutOf, mapPicture, rowOf } from './picture.js'

const pixels = (uri: string) => decode(Uint8Array.from(atob(uri.replace('data:image/png;base64,', '')), (character) => character.charCodeAt(0)))
const grey = { width: 2, height: 2, channels: 1, strip: false }
const unit = { low: 0, high: 1 }

test('lists, pictures and pictures of channels can be laid out, nothing else', () => {
  expect(layoutOf([5])).toEqual({ width: 5, height: 1, channels: 1, strip: true })
  expect(layoutOf([3, 5])).toEqual({ width: 5, height: 3, channels: 1, strip: false })
  expect(layoutOf([3, 5, 4])).toEqual({ width: 5, height: 3, channels: 4, strip: false })
  for (const shape of [[], [0], [3, 0, 1], [2, 2, 2, 2]]) expect(layoutOf(shape)).toBeUndefined()
})

test('a row is there only in full', () => {
  const rows = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5) }
  expect(rowOf(rows, 1)).toEqual({ shape: [2], data: Float32Array.of(3, 4) })
  for (const index of [2, 3]) expect(rowOf(rows, index)).toBeUndefined()
  expect(rowOf(undefined, 0)).toBeUndefined()
})

test('a map is centred on zero and scaled by its largest absolute value', () => {
  const map = mapPicture(Float32Array.of(0, -2, 1, 0.5), grey)
  expect(map).toMatchObject({ limit: 2, low: -2, high: 1, strongest: { row: 0, column: 1 }, notFinite: 0, pixels: 4 })
  const image = pixels(indexedPng(map.indices, grey))
  expect([...map.indices]).toEqual([...image.data])
  expect([...image.data]).toEqual([arm, 0, arm + 64, arm + 32])
  expect(image.palette![arm]).toEqual(diverging(0))
  expect(image.palette![0]).toEqual(diverging(-1))
})

test('channels of a map are summed', () => {
  const map = mapPicture(Float32Array.of(1, 2, 3, -1, -1, -1), { width: 2, height: 1, channels: 3, strip: false })
  expect(map).toMatchObject({ limit: 6, low: -3, high: 6 })
  expect([...map.indices]).toEqual([2 * arm, arm - 63])
})

test('a map of zeros is white', () => {
  const map = mapPicture(new Float32Array(4), grey)
  expect(map.limit).toBe(0)
  expect([...map.indices]).toEqual([arm, arm, arm, arm])
})

test('what is not finite is drawn apart and does not scale the rest', () => {
  const map = mapPicture(Float32Array.of(NaN, Infinity, -1, 0), grey)
  expect(map).toMatchObject({ limit: 1, notFinite: 2, strongest: { row: 1, column: 0 } })
  expect([...map.indices]).toEqual([255, 255, 0, arm])
  expect(mapPicture(new Float32Array(4).fill(NaN), grey)).toMatchObject({ limit: 0, notFinite: 4 })
})

test('inputs are grey, coloured where they have three channels, averaged where they have another number', () => {
  expect([...pixels(inputPng(Float32Array.of(0, 0.5, 1, 2), grey, unit)).data]).toEqual([0, 128, 255, 255])
  expect([...pixels(inputPng(Float32Array.of(-1, 0, 1), { width: 1, height: 1, channels: 3, strip: false }, { low: -1, high: 1 })).data]).toEqual([0, 128, 255])
  expect([...pixels(inputPng(Float32Array.of(0, 1), { width: 1, height: 1, channels: 2, strip: false }, unit)).data]).toEqual([128])
  expect(inputPng(new Float32Array(4), grey, { low: 0, high: 0 })).toMatch(/^data:image\/png;base64,/)
})
