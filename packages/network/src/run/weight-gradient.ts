import { tf } from '@touchstone/tensor'
import type { Network } from '../network.js'

/** A scalar function's value, and its gradients by the weights in their order. */
export interface WeightGradients {
  readonly value: tf.Scalar
  readonly gradients: readonly tf.Tensor[]
}

/**
 * The gradients of a scalar function of a network by its weights, zeros for weights that it does not depend on. The function may take input
 * gradients, for which this is the second derivative. The caller owns the tensors.
 *
 * @param loss made of tensor ops alone; is handed the network with the weights to differentiate by
 */
export function weightGradients(network: Network, loss: (network: Network) => tf.Scalar): WeightGradients {
  const { value, grads } = tf.valueAndGrads((...weights: tf.Tensor[]) => {
    // tfjs refuses a weight that the result does not depend on at all, as an input gradient does not depend on the last bias.
    const nothing = tf.addN(weights.map((weight) => tf.mul(tf.sum(weight), 0)))
    return tf.add(loss(network.withWeights(weights)), nothing)
  })(network.weights.map(({ tensor }) => tensor))
  return { value: value as tf.Scalar, gradients: grads }
}
