import { expect, test } from 'vitest'
import { folderWith, mistakeIn, openDataset } from './datasets.test.data.js'

const files = {
  't10k-images-idx3-ubyte': Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28, ...new Array<number>(784).fill(51)]),
  't10k-labels-idx1-ubyte': Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 1, 9]),
}

test('the files of MNIST with names of clothes, another dataset than mnist by its fingerprint', async () => {
  const folder = await folderWith(files)
  const dataset = await openDataset('fashion-mnist', { folder: '.' }, folder)
  expect(dataset).toMatchObject({ inputShape: [28, 28, 1], size: 1, range: { low: 0, high: 1 } })
  expect(dataset.classNames?.[9]).toBe('Ankle boot')
  expect(await dataset.example(0)).toEqual({ id: 'test/00000', label: 9, input: new Float32Array(784).fill(0.2) })
  expect((await openDataset('mnist', { folder: '.' }, folder)).fingerprint).not.toBe(dataset.fingerprint)
  await expect(dataset.example(1)).rejects.toThrow('fashion-mnist has examples 0 to 0, not 1')
})

test('without a folder, or without its files', async () => {
  const folder = await folderWith({})
  await expect(openDataset('fashion-mnist', {}, folder)).rejects.toThrow('dataset.options.folder: expected a value: the folder of the IDX files, from the base folder')
  expect(await mistakeIn(openDataset('fashion-mnist', { folder: 'none' }, folder), folder)).toBe('dataset "fashion-mnist": expected a folder at FOLDER/none, found nothing: set options.folder to the folder of its IDX files')
  expect(await mistakeIn(openDataset('fashion-mnist', { folder: '.' }, folder), folder)).toContain('FOLDER: expected one of the files t10k-images-idx3-ubyte')
})
