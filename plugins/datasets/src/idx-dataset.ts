import { hash, UserError, type BaseFolder, type Dataset } from '@touchstone/core'
import { checkIndex, readOneOf, sha256, type FoundFile } from './files.js'
import { readIdx, type IdxArray } from './idx.js'

const side = 28

/** How files of a split begin. */
const prefix = { train: 'train', test: 't10k' }

/** Part of the fingerprint: changes where the same bytes are read in another way. */
const reading = 'idx, value / 255, [28, 28, 1]'

/**
 * 28 x 28 grey images with labels from IDX files, gzipped or not, as MNIST is published. Inputs are `[28, 28, 1]`, byte / 255, in [0, 1].
 *
 * The fingerprint is that of the unpacked bytes. The bytes stay in memory (47 MB for train), examples are made on demand.
 * @throws UserError where the files are not just that.
 */
export async function idxDataset(name: string, classNames: readonly string[], split: 'train' | 'test', folder: string, base: BaseFolder): Promise<Dataset> {
  const imageFile = await readOneOf(folder, [`${prefix[split]}-images-idx3-ubyte`, `${prefix[split]}-images.idx3-ubyte`], base)
  const labelFile = await readOneOf(folder, [`${prefix[split]}-labels-idx1-ubyte`, `${prefix[split]}-labels.idx1-ubyte`], base)
  const images = readImages(imageFile)
  const labels = readLabels(labelFile)
  const size = images.shape[0]!
  if (labels.length !== size) throw new UserError(`${labelFile.path}: expected as many labels as ${imageFile.path} has images, ${size}, found ${labels.length}: take both files from one source`)

  return {
    inputShape: [side, side, 1],
    size,
    range: { low: 0, high: 1 },
    classNames,
    files: [imageFile.path, labelFile.path],
    fingerprint: hash(`@touchstone/datasets:${name}`, reading, split, sha256(images.data), sha256(labels)),
    example: async (index) => {
      checkIndex(index, size, name)
      const first = index * side * side
      const input = new Float32Array(side * side)
      for (let pixel = 0; pixel < input.length; pixel++) input[pixel] = images.data[first + pixel]! / 255
      return Promise.resolve({ id: `${split}/${String(index).padStart(5, '0')}`, input, label: labels[index]! })
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
  const wrong = data.findIndex((label) => label > 9)
  if (wrong >= 0) throw new UserError(`${path}: expected labels from 0 to 9, found ${data[wrong]!} as label ${wrong}: give the labels of MNIST or of a set of its size`)
  return data
}
