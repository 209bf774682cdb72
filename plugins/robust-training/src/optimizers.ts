import { tf } from '@touchstone/tensor'

/** A rule by which weights follow their gradients. Its whole state is tensors, so that a training can be put down and taken up again. */
export interface Optimizer {
  /** How many tensors of a weight's shape it keeps for each weight; zeros at the start. */
  readonly slots: number
  /** The weight after a step, and its state; the step's number counts from 1. */
  readonly step: (weight: tf.Tensor, gradient: tf.Tensor, state: readonly tf.Tensor[], rate: number, step: number) => readonly [weight: tf.Tensor, ...state: tf.Tensor[]]
}

/** v <- momentum v + g, w <- w - rate v. With momentum 0 plain gradient descent. */
export function sgd(momentum: number): Optimizer {
  return {
    slots: 1,
    step: (weight, gradient, [velocity], rate) => {
      const next = tf.add(tf.mul(velocity!, momentum), gradient)
      return [tf.sub(weight, tf.mul(next, rate)), next]
    },
  }
}

/**
 * Adam: m <- 0.9 m + 0.1 g, v <- 0.999 v + 0.001 g^2, w <- w - rate (m / (1 - 0.9^t)) / (sqrt(v / (1 - 0.999^t)) + 1e-8).
 *
 * Source: Kingma, Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
 */
export const adam: Optimizer = {
  slots: 2,
  step: (weight, gradient, [first, second], rate, step) => {
    const m = tf.add(tf.mul(first!, 0.9), tf.mul(gradient, 0.1))
    const v = tf.add(tf.mul(second!, 0.999), tf.mul(tf.square(gradient), 0.001))
    const length = tf.add(tf.sqrt(tf.div(v, 1 - 0.999 ** step)), 1e-8)
    return [tf.sub(weight, tf.mul(tf.div(m, length), rate / (1 - 0.9 ** step))), m, v]
  },
}
