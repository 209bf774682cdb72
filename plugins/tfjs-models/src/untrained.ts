import { defineExtension, Engine, option, type Model } from '@touchstone/core'
import { modelFromLayers } from '@touchstone/network'
import { layers } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { residualNetwork } from './residual.js'

const { activation, batchNormalization, conv2d, dense, flatten, globalAveragePooling2d, maxPooling2d } = layers.layers
const classes = 10

/** Reference architectures, from input to softmax, by the seed of their weights. */
const chains = {
  /** 56,714 parameters: convolutions 3x3 to 16 and 32, without padding, each with ReLU and max-pooling 2; dense 64. Kernels by He et al., biases 0. */
  digits: (seed: number) => {
    const kernel = (layer: number) => ({ kernelInitializer: layers.initializers.heNormal({ seed: seed * 10 + layer }) })
    return [
      conv2d({ name: 'conv1', inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: 'relu', ...kernel(1) }),
      maxPooling2d({ name: 'pool1', poolSize: 2 }),
      conv2d({ name: 'conv2', filters: 32, kernelSize: 3, activation: 'relu', ...kernel(2) }),
      maxPooling2d({ name: 'pool2', poolSize: 2 }),
      flatten({ name: 'flatten' }),
      dense({ name: 'dense1', units: 64, activation: 'relu', ...kernel(3) }),
      dense({ name: 'dense2', units: classes, activation: 'softmax', ...kernel(4) }),
    ]
  },
  /** 3,274,634 parameters, the papers' network for MNIST: convolutions 5x5 to 32 and 64, padded, each with ReLU and max-pooling 2; dense 1024. Kernels truncated normal 0.1, biases 0.1. */
  'mnist-rar': (seed: number) => {
    const start = (layer: number) => ({ kernelInitializer: layers.initializers.truncatedNormal({ stddev: 0.1, seed: seed * 10 + layer }), biasInitializer: layers.initializers.constant({ value: 0.1 }) })
    return [
      conv2d({ name: 'conv1', inputShape: [28, 28, 1], filters: 32, kernelSize: 5, padding: 'same', activation: 'relu', ...start(1) }),
      maxPooling2d({ name: 'pool1', poolSize: 2 }),
      conv2d({ name: 'conv2', filters: 64, kernelSize: 5, padding: 'same', activation: 'relu', ...start(2) }),
      maxPooling2d({ name: 'pool2', poolSize: 2 }),
      flatten({ name: 'flatten' }),
      dense({ name: 'dense1', units: 1024, activation: 'relu', ...start(3) }),
      dense({ name: 'dense2', units: classes, activation: 'softmax', ...start(4) }),
    ]
  },
  /** 113,738 parameters, 20.7 MFLOP per row, for 32 x 32 colour pictures: convolutions 3x3 to 32, 64 and 128, padded, each with ReLU and max-pooling 2; dense. Kernels by He et al., biases 0. */
  pictures: (seed: number) => {
    const kernel = (layer: number) => ({ kernelInitializer: layers.initializers.heNormal({ seed: seed * 10 + layer }) })
    return [
      conv2d({ name: 'conv1', inputShape: [32, 32, 3], filters: 32, kernelSize: 3, padding: 'same', activation: 'relu', ...kernel(1) }),
      maxPooling2d({ name: 'pool1', poolSize: 2 }),
      conv2d({ name: 'conv2', filters: 64, kernelSize: 3, padding: 'same', activation: 'relu', ...kernel(2) }),
      maxPooling2d({ name: 'pool2', poolSize: 2 }),
      conv2d({ name: 'conv3', filters: 128, kernelSize: 3, padding: 'same', activation: 'relu', ...kernel(3) }),
      maxPooling2d({ name: 'pool3', poolSize: 2 }),
      flatten({ name: 'flatten' }),
      dense({ name: 'dense', units: classes, activation: 'softmax', ...kernel(4) }),
    ]
  },
  /** 246,314 parameters, 25.4 MFLOP per row, for 32 x 32 colour pictures: convolutions 3x3 to 32, 64, 128 and 128, padded, each normalised by batch, with ReLU and max-pooling 2; dense. Kernels by He et al. */
  'pictures-norm': (seed: number) => [
    ...[32, 64, 128, 128].flatMap((filters, i) => normalised(i + 1, filters, seed, [32, 32, 3])),
    flatten({ name: 'flatten' }),
    dense({ name: 'dense', units: classes, activation: 'softmax', kernelInitializer: layers.initializers.heNormal({ seed: seed * 10 + 5 }) }),
  ],
  /** 245,491 parameters, 105 MFLOP per row, for 224 x 224 grey pictures of three classes: convolutions 3x3 to 16, with stride 2, 32, 64, 128 and 128, padded, each normalised by batch, with ReLU and max-pooling 2; global averages; dense. Kernels by He et al. */
  radiographs: (seed: number) => [
    ...[16, 32, 64, 128, 128].flatMap((filters, i) => normalised(i + 1, filters, seed, [224, 224, 1], i === 0 ? 2 : 1)),
    globalAveragePooling2d({ name: 'pool' }),
    dense({ name: 'dense', units: 3, activation: 'softmax', kernelInitializer: layers.initializers.heNormal({ seed: seed * 10 + 6 }) }),
  ],
  /** 14,716,227 parameters, 30.7 GFLOP per row, for 224 x 224 colour pictures of three classes: the thirteen convolutions of VGG16, global averages in place of its two dense layers of 4096; dense. Kernels by He et al., biases 0. */
  'vgg16-averages': (seed: number) => {
    let drawn = 0
    const kernel = () => ({ kernelInitializer: layers.initializers.heNormal({ seed: seed * 100 + ++drawn }) })
    return [
      ...[[64, 2], [128, 2], [256, 3], [512, 3], [512, 3]].flatMap(([filters, count], block) => [
        ...Array.from({ length: count! }, (_, i) => conv2d({ name: `block${block + 1}_conv${i + 1}`, ...(block + i === 0 && { inputShape: [224, 224, 3] }), filters: filters!, kernelSize: 3, padding: 'same', activation: 'relu', ...kernel() })),
        maxPooling2d({ name: `block${block + 1}_pool`, poolSize: 2 }),
      ]),
      globalAveragePooling2d({ name: 'pool' }),
      dense({ name: 'dense', units: 3, activation: 'softmax', ...kernel() }),
    ]
  },
} as const

/** A convolution 3x3 without bias, normalised by batch, ReLU, max-pooling 2; the first one of a network has an input shape. */
function normalised(place: number, filters: number, seed: number, inputShape: [number, number, number], strides = 1): layers.layers.Layer[] {
  return [
    conv2d({ name: `conv${place}`, ...(place === 1 && { inputShape }), filters, kernelSize: 3, strides, padding: 'same', useBias: false, kernelInitializer: layers.initializers.heNormal({ seed: seed * 10 + place }) }),
    batchNormalization({ name: `norm${place}`, momentum: 0.9 }),
    activation({ name: `relu${place}`, activation: 'relu' }),
    maxPooling2d({ name: `pool${place}`, poolSize: 2 }),
  ]
}

const chain = (name: keyof typeof chains) => (seed: number) => layers.sequential({ name, layers: [...chains[name](seed)] })

const architectures = {
  digits: chain('digits'),
  'mnist-rar': chain('mnist-rar'),
  pictures: chain('pictures'),
  'pictures-norm': chain('pictures-norm'),
  radiographs: chain('radiographs'),
  'vgg16-averages': chain('vgg16-averages'),
  /** 173,723 parameters: two residual units in each stage. */
  'gtsrb-rar': (seed: number) => residualNetwork({ name: 'gtsrb-rar', size: 32, units: 2, classes: 43, seed }),
  /** 75,265 parameters: one residual unit in each stage. */
  'flower-rar': (seed: number) => residualNetwork({ name: 'flower-rar', size: 128, units: 1, classes: 17, seed }),
} as const

const names = Object.keys(architectures) as (keyof typeof architectures)[]

/**
 * `untrained`: a reference architecture with random weights, the same for the same seed, to train from. Ten classes and inputs `[28, 28, 1]`, or `[32, 32, 3]` for
 * `pictures` and `pictures-norm`; `radiographs` has three classes and inputs `[224, 224, 1]`, `vgg16-averages` three and `[224, 224, 3]`; `gtsrb-rar` has 43 classes and inputs `[32, 32, 3]`, `flower-rar` 17 classes and inputs `[128, 128, 3]`.
 *
 * Source of `mnist-rar`, `gtsrb-rar` and `flower-rar`: Chen et al., "Robust Attribution Regularization", NeurIPS 2019, and its code.
 */
export const untrained = defineExtension({
  kind: 'model',
  name: 'untrained',
  summary: 'A reference architecture with random weights, to be trained',
  traits: { formats: [] },
  options: {
    architecture: option(z.enum(names, `expected ${names.slice(0, -1).map((name) => `"${name}"`).join(', ')} or "${names.at(-1)!}"`), { summary: 'the layers: digits, 56,714 parameters, or mnist-rar, 3,274,634 parameters, of the papers on robust attributions, both for 28 x 28 grey images; pictures, 113,738 parameters, and pictures-norm, 246,314 parameters and normalised by batch, for 32 x 32 colour images; radiographs, 245,491 parameters and normalised by batch, for three classes of 224 x 224 grey images; vgg16-averages, 14,716,227 parameters, for three classes of 224 x 224 colour images; gtsrb-rar, 173,723 parameters, and flower-rar, 75,265 parameters, residual networks of the same papers for 43 traffic signs in 32 x 32 and 17 flowers in 128 x 128 colour images', default: 'digits' }),
    seed: option(z.int('expected a whole number'), { summary: 'of the weights', default: 0 }),
  },
  services: { engine: Engine },
  create: async ({ architecture, seed }): Promise<Model> => ({ ...(await modelFromLayers(architectures[architecture](seed), { dispose: true })), files: [] }),
})
