import { defineExtension, Engine, option, type Model } from '@touchstone/core'
import { modelFromLayers } from '@touchstone/network'
import { layers } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { residualNetwork } from './residual.js'

const { conv2d, dense, flatten, maxPooling2d } = layers.layers
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
} as const

const chain = (name: keyof typeof chains) => (seed: number) => layers.sequential({ name, layers: [...chains[name](seed)] })

const architectures = {
  digits: chain('digits'),
  'mnist-rar': chain('mnist-rar'),
  pictures: chain('pictures'),
  /** 173,723 parameters: two residual units in each stage. */
  'gtsrb-rar': (seed: number) => residualNetwork({ name: 'gtsrb-rar', size: 32, units: 2, classes: 43, seed }),
  /** 75,265 parameters: one residual unit in each stage. */
  'flower-rar': (seed: number) => residualNetwork({ name: 'flower-rar', size: 128, units: 1, classes: 17, seed }),
} as const

/**
 * `untrained`: a reference architecture with random weights, the same for the same seed, to train from. Ten classes and inputs `[28, 28, 1]`, or `[32, 32, 3]` for
 * `pictures`; `gtsrb-rar` has 43 classes and inputs `[32, 32, 3]`, `flower-rar` 17 classes and inputs `[128, 128, 3]`.
 *
 * Source of `mnist-rar`, `gtsrb-rar` and `flower-rar`: Chen et al., "Robust Attribution Regularization", NeurIPS 2019, and its code.
 */
export const untrained = defineExtension({
  kind: 'model',
  name: 'untrained',
  summary: 'A reference architecture with random weights, to be trained',
  traits: { formats: [] },
  options: {
    architecture: option(z.enum(['digits', 'mnist-rar', 'pictures', 'gtsrb-rar', 'flower-rar'], 'expected "digits", "mnist-rar", "pictures", "gtsrb-rar" or "flower-rar"'), { summary: 'the layers: digits, 56,714 parameters, or mnist-rar, 3,274,634 parameters, of the papers on robust attributions, both for 28 x 28 grey images; pictures, 113,738 parameters, for 32 x 32 colour images; gtsrb-rar, 173,723 parameters, and flower-rar, 75,265 parameters, residual networks of the same papers for 43 traffic signs in 32 x 32 and 17 flowers in 128 x 128 colour images', default: 'digits' }),
    seed: option(z.int('expected a whole number'), { summary: 'of the weights', default: 0 }),
  },
  services: { engine: Engine },
  create: ({ architecture, seed }): Promise<Model> => modelFromLayers(architectures[architecture](seed), { dispose: true }),
})
