import { describeDataset } from '@touchstone/testkit'
import { encode } from 'fast-png'
import { bytesOf, fixture, folderWith } from './datasets.test.data.js'
import plugin from './index.js'

const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28, ...Array.from({ length: 3 * 784 }, (_, index) => index % 256)])
const idx = { 't10k-images-idx3-ubyte': images, 't10k-labels-idx1-ubyte': Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 9]) }
const picture = (value: number): Uint8Array => encode({ width: 4, height: 4, channels: 1, depth: 8, data: new Uint8Array(16).fill(value) })

describeDataset(plugin, 'mnist', { folder: '.' }, await folderWith(idx))
describeDataset(plugin, 'fashion-mnist', { folder: '.' }, await folderWith(idx))
describeDataset(plugin, 'npz', { file: 'data.npz', labels: 'y' }, await folderWith({ 'data.npz': bytesOf(fixture.npz) }))
describeDataset(plugin, 'image-folder', { folder: '.', colour: 'grey' }, await folderWith({ 'a/1.png': picture(10), 'a/2.png': picture(20), 'b/1.png': picture(30) }))
describeDataset(plugin, 'cifar10', { folder: '.' }, await folderWith({ 'test_batch.bin': Uint8Array.from({ length: 10_000 * 3073 }, (_, at) => (at % 3073 === 0 ? 7 : at % 251)) }))
