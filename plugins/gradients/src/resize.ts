import { tf } from '@touchstone/tensor'

/** How a coarse map becomes a fine one: between the nearest two values of each axis, or the value of the cell that a position lies in. */
export type Interpolation = 'bilinear' | 'nearest'

/**
 * Images `[n, height, width]` in another size, as two matrix products, R_h X R_w^T: differentiable any number of times on every backend.
 *
 * Bilinear: centres of pixels at halves, position (i + 1/2) from / to - 1/2, borders repeated (PyTorch's and OpenCV's default). Nearest:
 * floor(i from / to).
 */
export function resize(images: tf.Tensor3D, [height, width]: readonly [number, number], interpolation: Interpolation): tf.Tensor3D {
  const [, fromHeight, fromWidth] = images.shape
  const rows = resizeMatrix(fromHeight, height, interpolation)
  const columns = resizeMatrix(fromWidth, width, interpolation)
  const wide = tf.matMul(images, tf.expandDims(columns, 0), false, true)
  return tf.matMul(tf.expandDims(rows, 0), wide)
}

/** `[to, from]`: row i holds how much each of the old values counts for the new value i; rows sum to 1. */
function resizeMatrix(from: number, to: number, interpolation: Interpolation): tf.Tensor2D {
  const matrix = new Float32Array(to * from)
  for (let i = 0; i < to; i++) {
    const at = interpolation === 'nearest' ? Math.floor((i * from) / to) : Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    const below = Math.floor(at)
    const share = at - below
    matrix[i * from + below] = 1 - share
    if (share > 0) matrix[i * from + below + 1] = share
  }
  return tf.tensor2d(matrix, [to, from])
}
