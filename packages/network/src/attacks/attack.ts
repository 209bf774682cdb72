import type { Rows } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Network } from '../network.js'
import { backward } from '../run/backward.js'
import { forward } from '../run/forward.js'

/** How a distance between inputs is measured: Euclidean, or by the largest change of a value. */
export type Norm = 'l2' | 'linf'

/** What all attacks on inputs are told. */
export interface AttackOptions {
  readonly norm: Norm
  /** Whether `classes` are those to reach; they are those to leave unless told. Default false. */
  readonly targeted?: boolean
  /** The range of valid input values, which no attack leaves. */
  readonly bounds?: { readonly low: number; readonly high: number }
  /** What climbs: `cross-entropy` of the class (default), the `margin` between it and the best other class, or its `logit` alone, turned round. */
  readonly loss?: 'cross-entropy' | 'margin' | 'logit'
  /** How many rows may go through the network at once: the one knob for memory. Never changes a result. Default 64. */
  readonly batchRows?: number
  readonly signal?: AbortSignal
}

/** Inputs that an attack made. */
export interface Attacked {
  readonly inputs: Rows
  /** Whether a row's attack reached its goal. */
  readonly succeeded: readonly boolean[]
  /** ||x' - x|| of each row. */
  readonly distances: readonly number[]
}

/** A step upwards: the gradient of the loss by the inputs, and how far each row is beyond the decision: positive where the goal is reached. */
export interface Ascent {
  readonly gradient: tf.Tensor
  readonly logits: tf.Tensor2D
}

/** Logits and the gradient of what is to grow, by one pass forward and one back. */
export function ascend(network: Network, x: tf.Tensor, classes: readonly number[], { targeted = false, loss = 'cross-entropy' }: AttackOptions): Ascent {
  const [logits, gradient] = tf.tidy(() => {
    const activations = forward(network, x)
    const output = tf.clone(activations.output) as tf.Tensor2D
    const own = tf.oneHot(tf.tensor1d([...classes], 'int32'), network.classCount)
    // The signal that leaves the class: of the cross-entropy softmax - own, of the margin the best other class - own, of the logit -own.
    const others = { 'cross-entropy': () => tf.softmax(output), margin: () => tf.oneHot(tf.argMax(tf.sub(output, tf.mul(own, 1e30)), 1), network.classCount), logit: () => tf.zerosLike(output) }
    const leaving = tf.sub(others[loss](), own)
    return [output, backward(network, activations, targeted ? tf.neg(leaving) : leaving, { finished: activations.free })[0]!] as const
  })
  return { logits, gradient }
}

/** The best other logit less the class's own; turned round for targeted attacks. Positive where the goal is reached. */
export function advantage(logits: Float32Array, row: number, classCount: number, own: number, targeted: boolean): number {
  let best = -Infinity
  for (let index = 0; index < classCount; index++) if (index !== own) best = Math.max(best, logits[row * classCount + index]!)
  const margin = best - logits[row * classCount + own]!
  return targeted ? -margin : margin
}

/** Each row's direction of a step of length 1: the sign of its values, or the row over its length. Rows of zeros stay. */
export function direction(gradient: tf.Tensor, norm: Norm): tf.Tensor {
  return tf.tidy(() => {
    if (norm === 'linf') return tf.sign(gradient)
    const lengths = rowLengths(gradient)
    return tf.div(gradient, tf.maximum(lengths, 1e-30))
  })
}

/** Moves each row back to within `radii` of `origin`, and into the bounds. `radii` is broadcast over the rows. */
export function project(x: tf.Tensor, origin: tf.Tensor, radii: tf.Tensor, { norm, bounds }: Pick<AttackOptions, 'norm' | 'bounds'>): tf.Tensor {
  return tf.tidy(() => {
    const change = tf.sub(x, origin)
    const inside = norm === 'linf' ? tf.maximum(tf.minimum(change, radii), tf.neg(radii)) : tf.mul(change, tf.minimum(1, tf.div(radii, tf.maximum(rowLengths(change), 1e-30))))
    const moved = tf.add(origin, inside)
    // A value of the origin outside of the bounds moves into them, whatever the radius.
    return bounds ? tf.clipByValue(moved, bounds.low, bounds.high) : moved
  })
}

/** One number per row, in a shape that is broadcast over it. */
export function perRow(values: readonly number[], rank: number): tf.Tensor {
  return tf.tensor([...values], [values.length, ...new Array<number>(rank - 1).fill(1)])
}

function rowLengths(x: tf.Tensor): tf.Tensor {
  const sums = tf.sum(tf.reshape(tf.square(x), [x.shape[0], -1]), 1)
  return tf.reshape(tf.sqrt(sums), [x.shape[0], ...new Array<number>(x.rank - 1).fill(1)])
}
