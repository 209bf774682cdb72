import { Base, defineExtension } from '@touchstone/core'
import { folderAt } from './files.js'
import { idxDataset } from './idx-dataset.js'
import { folderOption, splitOption } from './options.js'

const classNames = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']

/**
 * `fashion-mnist`: 28 x 28 images of clothes in the files and sizes of MNIST, 60,000 to train and 10,000 to test. Inputs are `[28, 28, 1]`, byte / 255, in [0, 1].
 */
export const fashionMnist = defineExtension({
  kind: 'dataset',
  name: 'fashion-mnist',
  summary: 'Fashion-MNIST: 28 x 28 grey images of clothes, from IDX files',
  citation: 'Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017',
  traits: { formats: ['IDX of unsigned bytes (idx3-ubyte, idx1-ubyte), plain or .gz'] },
  options: { split: splitOption, folder: folderOption('the folder of the IDX files, from the base folder') },
  services: { base: Base },
  create: async ({ split, folder }, { base }) => idxDataset('fashion-mnist', classNames, split, await folderAt(folder, base, 'fashion-mnist', 'its IDX files'), base),
})
