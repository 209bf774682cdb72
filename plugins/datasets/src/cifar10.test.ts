import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileReader } from '@touchstone/core'
import { expect, test } from 'vitest'
import { folderWith, mistakeIn, openDataset } from './datasets.test.data.js'

const recordBytes = 3073
const perFile = 10_000

/** 10,000 pictures: labels 0 to 9 by turns; of picture p the red values are p mod 251, green ones row, blue ones column. */
function batch(shift = 0): Uint8Array {
  const bytes = new Uint8Array(perFile * recordBytes)
  for (let p = 0; p < perFile; p++) {
    const record = bytes.subarray(p * recordBytes, (p + 1) * recordBytes)
    record[0] = (p + shift) % 10
    record.fill(p % 251, 1, 1025)
    for (let i = 0; i < 1024; i++) {
      record[1025 + i] = Math.floor(i / 32)
      record[2049 + i] = i % 32
    }
  }
  return bytes
}

const whole = batch()
const published = 'give the file of the binary version of CIFAR-10 as it was published'

test('planes of colours become pixels, with ids, labels and class names', async () => {
  const folder = await folderWith({ 'test_batch.bin': whole })
  const dataset = await openDataset('cifar10', { folder: '.' }, folder)
  expect(dataset).toMatchObject({ inputShape: [32, 32, 3], size: 10_000, range: { low: 0, high: 1 } })
  expect(dataset.classNames?.[6]).toBe('frog')
  const { id, label, input } = await dataset.example(1236)
  expect([id, label]).toEqual(['test/01236', 6])
  // Row 2, column 5.
  expect(input.slice((2 * 32 + 5) * 3, (2 * 32 + 6) * 3)).toEqual(Float32Array.from([1236 % 251, 2, 5], (value) => value / 255))
  for (const index of [-1, 10_000, 0.5]) await expect(dataset.example(index)).rejects.toThrow(`cifar10 has examples 0 to 9999, not ${index}`)
})

test('to train the five files count on, each read once for all threads; the fingerprint is that of the bytes', async () => {
  const folder = await folderWith(Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`data_batch_${number}.bin`, batch(number)])))
  const read: string[] = []
  const files: FileReader = {
    read: (path) => {
      read.push(path.slice(folder.length + 1))
      const bytes = batch(Number(/\d/.exec(path.slice(folder.length))![0]))
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
      shared.set(bytes)
      return Promise.resolve(shared)
    },
    shared: () => new Map(),
  }
  const dataset = await openDataset('cifar10', { folder, split: 'train' }, '/', files)
  expect(read).toEqual(['data_batch_1.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'data_batch_4.bin', 'data_batch_5.bin'])
  expect(dataset.size).toBe(50_000)
  expect(await dataset.example(30_001)).toMatchObject({ id: 'train/30001', label: 5 })
  const unshared = await openDataset('cifar10', { folder, split: 'train' }, '/')
  expect(unshared.fingerprint).toBe(dataset.fingerprint)
  await writeFile(join(folder, 'data_batch_5.bin'), whole)
  expect((await openDataset('cifar10', { folder, split: 'train' }, '/')).fingerprint).not.toBe(dataset.fingerprint)
})

test.each([
  ['no file', undefined, 'FOLDER/test_batch.bin: expected a readable file of at most 536870912 bytes, found no such file: put the right file there'],
  ['a file cut short', whole.subarray(0, -recordBytes), `FOLDER/test_batch.bin: expected 30730000 bytes (10000 pictures of 3073 bytes), found 30726927: ${published}`],
  ['a label of 10', whole.map((byte, i) => (i === 2 * recordBytes ? 10 : byte)), `FOLDER/test_batch.bin: expected labels from 0 to 9, found 10 at picture 2: ${published}`],
])('%s: one error', async (_what, bytes, message) => {
  const folder = await folderWith(bytes ? { 'test_batch.bin': bytes } : {})
  expect(await mistakeIn(openDataset('cifar10', { folder }, '/'), folder)).toBe(message)
})

test('a folder that is none', async () => {
  const folder = await folderWith({})
  expect(await mistakeIn(openDataset('cifar10', { folder: 'bin' }, folder), folder)).toBe('dataset "cifar10": expected a folder at FOLDER/bin, found nothing: set options.folder to the folder of its .bin files')
})
