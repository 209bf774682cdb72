import { activationOf, type ActivationNode } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** An argument of an activation, with its value and slope there. */
export interface End {
  readonly z: tf.Tensor
  readonly y: tf.Tensor
  /** Worked out when it is first asked for. */
  readonly slope: () => tf.Tensor
}

export function endOf(node: ActivationNode, z: tf.Tensor, y?: tf.Tensor): End {
  const f = activationOf(node)
  const value = y ?? f.value(z)
  let slope: tf.Tensor | undefined
  return { z, y: value, slope: () => (slope ??= f.slope(z, value)) }
}

/** Differences below this, relative to 1 + |z|, are too small for their quotients to be trusted to the last digits. */
const near = 1e-3

/**
 * The slopes of an activation over steps of the same size, added up: change / difference, and its slopes there where the difference is 0.
 *
 * Where the difference is small the quotient is kept between the slopes at both ends of the steps, where the true one is: rounding cannot make it explode,
 * nothing jumps, and a kink on the way is met exactly. The quotients of a ReLU need no such care, and where a thresholded ReLU jumps they are outside of its slopes.
 *
 * @param change f(to) - f(from), added up over the steps
 */
export function slopeOver(node: ActivationNode, steps: readonly (readonly [from: End, to: End])[], change: tf.Tensor, difference: tf.Tensor): tf.Tensor {
  const after = sumOf(steps.map(([, to]) => to.slope()))
  if (node.name === 'relu' || node.name === 'thresholded-relu') return quotientOf(change, difference, after)
  const middle = tf.div(tf.add(after, sumOf(steps.map(([from]) => from.slope()))), 2)
  const halfWidth = tf.div(sumOf(steps.map(([from, to]) => tf.abs(tf.sub(to.slope(), from.slope())))), 2)
  const quotient = quotientOf(change, difference, middle)
  const kept = tf.minimum(tf.maximum(quotient, tf.sub(middle, halfWidth)), tf.add(middle, halfWidth))
  return tf.where(tf.less(tf.abs(difference), tf.add(near, tf.mul(near, tf.abs(steps[0]![1].z)))), kept, quotient)
}

/** Nothing beside any difference of values, and yet something to divide by. */
export const tiny = 1e-25

/** a / b, and another value where b is 0, as a is there. */
export function quotientOf(a: tf.Tensor, b: tf.Tensor, atZero: tf.Tensor): tf.Tensor {
  // The quick way has the right values, but no derivatives where b is 0.
  if (!tf.engine().isTapeOn()) return tf.div(tf.add(a, tf.mul(tiny, atZero)), tf.add(b, tiny))
  const none = isZero(b)
  return tf.add(tf.mul(tf.div(a, tf.add(b, none)), tf.sub(1, none)), tf.mul(atZero, none))
}

/** 1 where a value is 0, 0 elsewhere. */
export function isZero(t: tf.Tensor): tf.Tensor {
  return tf.sub(1, tf.step(tf.abs(t)))
}

const sumOf = (tensors: readonly tf.Tensor[]): tf.Tensor => tensors.reduce((sum, t) => tf.add(sum, t))
