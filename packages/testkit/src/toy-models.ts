import { createRandomness, type Model } from '@touchstone/core'
import { modelFromLayers } from '@touchstone/network'
import { layers, openEngine, tf } from '@touchstone/tensor'

/** A layer's weights, outermost index first: dense `[in][out]`. */
export interface DenseWeights {
  readonly kernel: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/**
 * Dense layers with ReLU between them and logits at the end, with weights by hand: small enough to work out every gradient on paper.
 * Inputs have shape `[kernel.length]`.
 */
export async function denseModel(weights: readonly DenseWeights[]): Promise<Model> {
  await openEngine()
  const model = layers.sequential()
  weights.forEach(({ kernel, bias }, index) => {
    model.add(layers.layers.dense({ units: bias.length, ...(index === 0 && { inputShape: [kernel.length] }), activation: index < weights.length - 1 ? 'relu' : 'linear' }))
  })
  setWeights(model, weights.flatMap(({ kernel, bias }) => [kernel.flat(), bias]))
  return modelFromLayers(model, { dispose: true })
}

/** A small image classifier with seeded random weights and a softmax at its end: 8x8x2 inputs, convolution, max-pooling, dense layers, 3 classes. */
export async function convModel(seed: number): Promise<Model> {
  await openEngine()
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [8, 8, 2], filters: 4, kernelSize: 3, activation: 'relu' }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 8, activation: 'relu' }),
      layers.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })
  const randomness = createRandomness(seed, 'conv-model')
  setWeights(
    model,
    model.getWeights().map(({ size, shape }, index) => {
      const scale = shape.length > 1 ? Math.sqrt(2 / (size / shape[shape.length - 1]!)) : 0.1
      return [...randomness.normals('weights', index, size)].map((z) => z * scale)
    }),
  )
  return modelFromLayers(model, { dispose: true })
}

function setWeights(model: layers.LayersModel, values: readonly (readonly number[])[]): void {
  tf.tidy(() => {
    model.setWeights(model.getWeights().map(({ shape }, index) => tf.tensor([...values[index]!], shape)))
  })
}
