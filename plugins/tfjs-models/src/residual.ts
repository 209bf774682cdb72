import { layers } from '@touchstone/tensor'

const { add, averagePooling2d, conv2d, dense, globalAveragePooling2d, layerNormalization, leakyReLU, permute, zeroPadding2d } = layers.layers
const { initializers } = layers

/** What the papers' residual networks differ in. */
interface ResidualOptions {
  readonly name: string
  /** Height and width of the colour images. */
  readonly size: number
  /** Residual units in each of the three stages. */
  readonly units: number
  readonly classes: number
  readonly seed: number
}

/**
 * The papers' residual network without batch normalisation: each image standardised to mean 0 and variance 1, a convolution 3x3 to 16 channels, three stages of `units`
 * residual units to 16, 32 and 64 channels, the later two beginning with stride 2, global averages, and a dense layer. A unit is x + conv(lrelu(conv(lrelu(x)))), convolutions
 * 3x3 without bias, lrelu with slope 0.1 below zero; the very first one takes lrelu(x) for x. Where the size changes, x is averaged over 2x2 and gets channels of zeros on both sides.
 * Kernels normal with variance 2 / (9 x channels out), the dense one uniform with variance 1 / 64, its biases 0.
 *
 * Source: the code of Chen et al., "Robust Attribution Regularization", NeurIPS 2019, for GTSRB and Flower, after He et al., "Identity mappings in deep residual networks", 2016.
 */
export function residualNetwork({ name, size, units, classes, seed }: ResidualOptions): layers.LayersModel {
  let drawn = 0
  const apply = (layer: layers.layers.Layer, ...inputs: layers.SymbolicTensor[]): layers.SymbolicTensor => layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as layers.SymbolicTensor
  const activated = (x: layers.SymbolicTensor, id: string) => apply(leakyReLU({ name: id, alpha: 0.1 }), x)
  const convolved = (x: layers.SymbolicTensor, id: string, filters: number, strides = 1) => {
    const kernelInitializer = initializers.varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'normal', seed: seed * 100 + ++drawn })
    return apply(conv2d({ name: id, filters, kernelSize: 3, strides, padding: 'same', useBias: false, kernelInitializer }), x)
  }

  const images = layers.input({ shape: [size, size, 3], name: 'images' })
  // As if values went to 255, where the least deviation is that of one value in all.
  const epsilon = 1 / (3 * size * size * 255 * 255)
  let x = convolved(apply(layerNormalization({ name: 'standardised', axis: [1, 2, 3], center: false, scale: false, epsilon }), images), 'conv', 16)
  let channels = 16
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let unit = 0; unit < units; unit++) {
      const id = (what: string): string => `unit${stage + 1}_${unit + 1}_${what}`
      const strides = stage > 0 && unit === 0 ? 2 : 1
      const inside = activated(x, id('relu1'))
      const changed = convolved(activated(convolved(inside, id('conv1'), filters, strides), id('relu2')), id('conv2'), filters)
      let kept = stage === 0 && unit === 0 ? inside : x
      if (strides > 1) {
        const added = (filters - channels) / 2
        const turned = apply(permute({ name: id('turned'), dims: [3, 1, 2] }), apply(averagePooling2d({ name: id('mean'), poolSize: strides }), kept))
        kept = apply(permute({ name: id('kept'), dims: [2, 3, 1] }), apply(zeroPadding2d({ name: id('zeros'), padding: [[added, added], [0, 0]] }), turned))
      }
      x = apply(add({ name: id('sum') }), kept, changed)
      channels = filters
    }
  }
  const pooled = apply(globalAveragePooling2d({ name: 'pool' }), activated(x, 'relu'))
  const kernelInitializer = initializers.varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'uniform', seed: seed * 100 })
  return layers.model({ name, inputs: images, outputs: apply(dense({ name: 'dense', units: classes, activation: 'softmax', kernelInitializer }), pooled) })
}
