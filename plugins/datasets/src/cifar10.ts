import { join } from 'node:path'
import { Base, defineExtension, hash, UserError, type BaseFolder } from '@touchstone/core'
import { checkIndex, folderAt, readFound, sha256 } from './files.js'
import { folderOption, splitOption } from './options.js'

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
const files = { train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`), test: ['test_batch.bin'] }

const pixels = 32 * 32
/** A label, then all red values, all green, all blue, row by row. */
const recordBytes = 1 + 3 * pixels
const perFile = 10_000

/** Part of the fingerprint: changes where the same bytes are read in another way. */
const reading = 'cifar-10 binary, value / 255, [32, 32, 3]'

/**
 * `cifar10`: 32 x 32 colour pictures of ten kinds of things from the binary version, 50,000 to train and 10,000 to test. Inputs are `[32, 32, 3]`, byte / 255, in [0, 1].
 *
 * The files' bytes stay in memory, once for all threads (154 MB for train); examples are made on demand. Ids read `test/00042`: for train the files count on.
 */
export const cifar10 = defineExtension({
  kind: 'dataset',
  name: 'cifar10',
  summary: 'CIFAR-10: 32 x 32 colour pictures of ten classes, from the binary version',
  citation: 'Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009',
  traits: { formats: ['CIFAR-10 binary version (data_batch_1.bin ... test_batch.bin)'] },
  options: { split: splitOption, folder: folderOption('the folder of the .bin files (cifar-10-batches-bin), from the base folder') },
  services: { base: Base },
  create: async ({ split, folder }, { base }) => {
    const from = await folderAt(folder, base, 'cifar10', 'its .bin files')
    const batches: Uint8Array[] = []
    const paths = files[split].map((name) => join(from, name))
    for (const path of paths) batches.push(await readBatch(path, base))
    const size = perFile * batches.length
    return {
      inputShape: [32, 32, 3],
      size,
      range: { low: 0, high: 1 },
      classNames,
      files: paths,
      fingerprint: hash('@touchstone/datasets:cifar10', reading, split, ...batches.map(sha256)),
      example: async (index) => {
        checkIndex(index, size, 'cifar10')
        const start = (index % perFile) * recordBytes
        const record = batches[Math.floor(index / perFile)]!.subarray(start, start + recordBytes)
        const input = Float32Array.from({ length: 3 * pixels }, (_, i) => record[1 + (i % 3) * pixels + Math.floor(i / 3)]! / 255)
        return Promise.resolve({ id: `${split}/${String(index).padStart(5, '0')}`, input, label: record[0]! })
      },
    }
  },
})

async function readBatch(path: string, base: BaseFolder): Promise<Uint8Array> {
  const { bytes } = await readFound(path, base)
  const expected = perFile * recordBytes
  if (bytes.length !== expected) {
    throw new UserError(`${path}: expected ${expected} bytes (${perFile} pictures of ${recordBytes} bytes), found ${bytes.length}: give the file of the binary version of CIFAR-10 as it was published`)
  }
  for (let record = 0; record < perFile; record++) {
    const label = bytes[record * recordBytes]!
    if (label >= classNames.length) throw new UserError(`${path}: expected labels from 0 to ${classNames.length - 1}, found ${label} at picture ${record}: give the file of the binary version of CIFAR-10 as it was published`)
  }
  return bytes
}
