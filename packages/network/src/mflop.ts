import type { layers } from '@touchstone/tensor'

/**
 * Million floating-point operations of one forward row: 2 x (weights of a dense layer or a convolution) x (positions it is applied at).
 * Cheaper layers (activations, pooling, normalisation) are left out.
 */
export function mflopPerRow(model: layers.LayersModel): number {
  let flop = 0
  for (const layer of model.layers) {
    const positions = spatialSize(layer.outputShape as readonly (number | null)[])
    for (const { shape } of layer.weights) {
      // Kernels have rank 2 (dense) or more; biases and normalisation have rank 1.
      if (shape.length >= 2) flop += 2 * shape.reduce<number>((size, length) => size * (length ?? 1), 1) * positions
    }
  }
  return flop / 1e6
}

/** `[batch, height, width, channels]` -> height x width. */
function spatialSize(shape: readonly (number | null)[]): number {
  return shape.slice(1, -1).reduce<number>((size, length) => size * (length ?? 1), 1)
}
