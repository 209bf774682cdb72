import type { Activation } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** Differences below this, relative to 1 + |z|, are too small for a quotient in single precision to be trusted. */
const near = 1e-3

/**
 * The mean slope of a function of one value from `from` to `to`, (f(to) - f(from)) / (to - from), and the slope itself where both are the same.
 *
 * Where they are near, the quotient is kept between the slopes at both ends, which the true one lies between: rounding cannot make it explode, it is
 * continuous, and a kink in between is met exactly.
 *
 * @param difference to - from, where it is known more exactly than the ends
 */
export function secant({ value, slope }: Activation, from: tf.Tensor, to: tf.Tensor, difference: tf.Tensor = tf.sub(to, from)): tf.Tensor {
  const [atFrom, atTo] = [value(from), value(to)]
  const quotient = quotientOf(tf.sub(atTo, atFrom), difference)
  const [one, other] = [slope(from, atFrom), slope(to, atTo)]
  const kept = tf.minimum(tf.maximum(quotient, tf.minimum(one, other)), tf.maximum(one, other))
  return tf.where(tf.less(tf.abs(difference), tf.add(near, tf.mul(near, tf.abs(to)))), kept, quotient)
}

/** a / b, and 0 where b is 0. */
export function quotientOf(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const none = isZero(b)
  return tf.mul(tf.div(a, tf.add(b, none)), tf.sub(1, none))
}

/** 1 where a value is 0, 0 elsewhere. */
export function isZero(t: tf.Tensor): tf.Tensor {
  return tf.cast(tf.equal(t, 0), 'float32')
}
