import { backward, forward, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** Labels as rows of zeros with a one, `[n, classes]`. */
function oneHot(network: Network, labels: readonly number[]): tf.Tensor {
  return tf.oneHot(tf.tensor1d([...labels], 'int32'), network.classCount)
}

/** Sum over rows of CE(f(x), y) = log sum_c exp f_c(x) - f_y(x). */
export function crossEntropy(network: Network, x: tf.Tensor, labels: readonly number[]): tf.Scalar {
  return tf.tidy(() => crossEntropyOf(network, network.logits(x), labels))
}

/** The same of logits. */
export function crossEntropyOf(network: Network, logits: tf.Tensor, labels: readonly number[]): tf.Scalar {
  return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(oneHot(network, labels), logits, undefined, 0, tf.Reduction.SUM)
}

/**
 * dCE(f(x), y) / dx of each row, in the shape of `x`: the signal softmax(f(x)) - onehot(y), sent back through the layers. Made of tensor ops, so that
 * `tf.grad` goes through it, the softmax included.
 */
export function crossEntropyGradient(network: Network, x: tf.Tensor, labels: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const activations = forward(network, x)
    return backward(network, activations, tf.sub(tf.softmax(activations.output as tf.Tensor2D), oneHot(network, labels)))[0]!
  })
}

/**
 * Sum over rows of ||IG(x, x')||_1, integrated gradients of the loss along the way from x to x':
 *
 * IG(x, x') = (x' - x) / m * sum_{j=1..m} dCE(f(z_j), y) / dz, z_j = x + (j / m) (x' - x), * value by value.
 *
 * Differentiable by x' and by the weights. All m points of a row are in memory at once.
 *
 * Source: Chen, Wu, Rastogi, Liang, Jha, "Robust Attribution Regularization", NeurIPS 2019, section 3; points as in their code.
 */
export function igNorm(network: Network, x: tf.Tensor, moved: tf.Tensor, labels: readonly number[], points: number): tf.Scalar {
  return tf.tidy(() => {
    const change = tf.sub(moved, x)
    const [rows, ...shape] = x.shape as [number, ...number[]]
    const along = Array.from({ length: points }, (_, j) => tf.add(x, tf.mul(change, (j + 1) / points)))
    const gradients = crossEntropyGradient(network, tf.concat(along), Array.from({ length: points }, () => labels).flat())
    const total = tf.sum(tf.reshape(gradients, [points, rows, ...shape]), 0)
    return tf.sum(tf.abs(tf.mul(tf.div(change, points), total)))
  })
}
