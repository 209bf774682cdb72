import { tf } from '@touchstone/tensor'
import type { Network } from './network.js'

/** sum_i F_{targets[i]}(x_i), a scalar: its gradient by x holds each row's own gradient. The class is picked by a product, since gather has no gradient on wasm. */
export function targetLogitSum(network: Network, x: tf.Tensor, targets: readonly number[]): tf.Scalar {
  return tf.sum(tf.mul(network.logits(x), tf.oneHot([...targets], network.classCount)))
}

/** dF_y / dx for every row, in the shape of `x`. The caller owns the tensor. */
export function inputGradient(network: Network, x: tf.Tensor, targets: readonly number[]): tf.Tensor {
  return tf.tidy(() => tf.grad((input: tf.Tensor) => targetLogitSum(network, input, targets))(x))
}
