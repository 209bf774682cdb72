import { definePlugin } from '@touchstone/core'
import { cifar10 } from './cifar10.js'
import { fashionMnist } from './fashion-mnist.js'
import { imageFolder } from './folder/image-folder.js'
import { mnist } from './mnist.js'
import { npz } from './npz.js'

export { readIdx, type IdxArray } from './idx.js'
export { cifar10, fashionMnist, imageFolder, mnist, npz }

export default definePlugin({ name: '@touchstone/datasets', extensions: [mnist, fashionMnist, cifar10, imageFolder, npz] })
