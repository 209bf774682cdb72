import { expect, test } from 'vitest'
import { bytesOf, fixture, folderWith, mistakeIn, openDataset } from './datasets.test.data.js'

/** By numpy.savez: x uint8 [4, 2, 3], 0, 10, 20 ...; y int64; f big-endian float32 from -1 to 1; d float64 [4, 6]; o Fortran order; i int32. */
const stored = bytesOf(fixture.npz)
/** By numpy.savez_compressed: x and y. */
const deflated = bytesOf(fixture.npzCompressed)

async function open(bytes: Uint8Array, options: Readonly<Record<string, unknown>> = {}) {
  return openDataset('npz', { file: 'data.npz', ...options }, await folderWith({ 'data.npz': bytes }))
}

async function mistake(bytes: Uint8Array, options: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const folder = await folderWith({ 'data.npz': bytes })
  return mistakeIn(openDataset('npz', { file: 'data.npz', ...options }, folder), folder)
}

test('bytes are spread over the range; labels of any whole numbers; stored or compressed alike', async () => {
  const dataset = await open(stored, { labels: 'y' })
  expect(dataset).toMatchObject({ inputShape: [2, 3], size: 4, range: { low: 0, high: 1 } })
  expect(await dataset.example(1)).toEqual({ id: '00001', label: 0, input: Float32Array.from([60, 70, 80, 90, 100, 110], (value) => value / 255) })
  const compressed = await open(deflated, { labels: 'y' })
  expect(await compressed.example(3)).toEqual(await dataset.example(3))
  const spread = await open(stored, { range: [-1, 1], shape: [2, 3, 1] })
  expect(spread).toMatchObject({ inputShape: [2, 3, 1], range: { low: -1, high: 1 } })
  expect(await spread.example(0)).toEqual({ id: '00000', input: Float32Array.from([0, 10, 20, 30, 40, 50], (value) => -1 + (2 * value) / 255) })
  for (const index of [-1, 4, 0.5]) await expect(dataset.example(index)).rejects.toThrow(`npz has examples 0 to 3, not ${index}`)
})

test('floats are taken as they are, of either byte order and precision', async () => {
  const floats = await open(stored, { inputs: 'f', range: [-1, 1] })
  expect((await floats.example(3)).input).toEqual(Float32Array.from({ length: 6 }, (_, i) => -1 + (2 * (18 + i)) / 23))
  const doubles = await open(stored, { inputs: 'd' })
  expect((await doubles.example(0)).input).toEqual(Float32Array.from({ length: 6 }, (_, i) => i / 23))
})

test('the fingerprint changes with arrays, labels, shape and range', async () => {
  const prints = await Promise.all([{}, { labels: 'y' }, { shape: [2, 3, 1] }, { range: [0, 2] }, { inputs: 'd' }].map(async (options) => (await open(stored, options)).fingerprint))
  expect(new Set(prints).size).toBe(5)
})

const changed = (at: number) => stored.map((byte, i) => (i === at ? byte ^ 1 : byte))
/** Somewhere in the values of x, the first array. */
const inX = 190

test.each([
  ['an empty file', new Uint8Array(0), {}, 'FOLDER/data.npz: expected a whole zip archive, found an empty file: write or fetch it again'],
  ['text', Buffer.from('x'.repeat(100)), {}, 'FOLDER/data.npz: expected a whole zip archive, found no directory at its end: write or fetch it again'],
  ['an archive cut short', stored.subarray(0, -30), {}, 'FOLDER/data.npz: expected a whole zip archive, found no directory at its end: write or fetch it again'],
  ['an archive without its beginning', stored.subarray(300), {}, 'FOLDER/data.npz: expected a whole zip archive, found a directory that breaks off after 0 of 6 files: write or fetch it again'],
  ['a wrong byte', changed(inX), {}, 'FOLDER/data.npz: expected x.npy to be whole, found bytes that do not fit its checksum: write or fetch it again'],
  ['no such array', stored, { inputs: 'x_train' }, 'FOLDER/data.npz: expected an array "x_train" (options.inputs), found none; known: d, f, i, o, x, y'],
  ['a label array that is none', stored, { labels: 'yy' }, 'FOLDER/data.npz: expected an array "yy" (options.labels), found none; did you mean "y"'],
  ['inputs for labels', stored, { labels: 'x' }, 'FOLDER/data.npz, array "x": expected as many labels as there are inputs, 4, found shape [4, 2, 3]: set options.labels to the array of labels'],
  ['inputs of another type', stored, { inputs: 'i' }, 'FOLDER/data.npz, array "i": expected inputs of uint8, float32 or float64, found int32: convert them by astype'],
  ['Fortran order', stored, { inputs: 'o' }, 'FOLDER/data.npz, array "o": expected a row-major array, found one in Fortran order: convert it by numpy.ascontiguousarray'],
  ['labels for inputs', stored, { inputs: 'y' }, 'FOLDER/data.npz, array "y": expected one or more inputs along the first axis, found shape [4]: set options.inputs to the array of inputs'],
  ['floats outside the range', stored, { inputs: 'f' }, 'FOLDER/data.npz, array "f": expected values in options.range, [0, 1], found some from -1 to 1: set options.range to what they can be'],
  ['a shape that does not fit', stored, { shape: [3, 2] }, 'FOLDER/data.npz, array "x": expected inputs that options.shape [3, 2] fits but for axes of length 1, found [2, 3]: correct options.shape'],
])('%s: one error', async (_what, bytes, options, message) => {
  expect(await mistake(bytes, options)).toContain(message)
})

test('a file that is not there, and options that are wrong', async () => {
  const folder = await folderWith({})
  expect(await mistakeIn(openDataset('npz', { file: 'a.npz' }, folder), folder)).toBe('FOLDER/a.npz: expected a readable file of at most 536870912 bytes, found no such file: put the right file there')
  await expect(openDataset('npz', { file: 'a.npz', range: [1, 1] }, folder)).rejects.toThrow('dataset.options.range: expected low below high')
})

test('deflated data that unpack to more than the directory says are refused', async () => {
  const bytes = deflated.slice()
  const view = new DataView(bytes.buffer)
  const directory = view.getUint32(bytes.length - 22 + 16, true)
  view.setUint32(directory + 24, 20, true)
  expect(await mistake(bytes)).toBe('FOLDER/data.npz: expected x.npy to be whole, found a fault (Cannot create a Buffer larger than 21 bytes): write or fetch it again')
})
