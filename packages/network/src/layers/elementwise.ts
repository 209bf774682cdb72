import { sameShape } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { AffineNode, ArithmeticNode, LinearCombinationNode, Weight } from '../graph/node.js'
import { onlyInput, refuse, type Layer } from './layer.js'
import { withGradient } from './with-gradient.js'

/** scale x + shift. */
export const affine: Layer<AffineNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs)
    for (const [role, weight] of Object.entries<Weight | undefined>(node.weights)) {
      if (weight && !sameShape(broadcast(weight.shape, input) ?? [], input)) refuse(node, `"${role}" of shape [${weight.shape.join(', ')}] does not fit rows of shape [${input.join(', ')}]`)
    }
    return input
  },
  forward: (_node, [x], { scale, shift }) => {
    const scaled = scale ? tf.mul(x!, scale) : x!
    return shift ? tf.add(scaled, shift) : scale ? scaled : tf.clone(x!)
  },
  gradient: (_node, { weights: { scale } }, signal) => [scale ? tf.mul(signal, scale) : signal],
}

export const add: Layer<ArithmeticNode> = {
  shape: (node, inputs) => broadcastAll(node, inputs),
  forward: (_node, inputs) => inputs.reduce((sum, x) => tf.add(sum, x)),
  gradient: (_node, { inputs }, signal) => inputs.map((x) => summedTo(signal, x.shape)),
}

export const multiply: Layer<ArithmeticNode> = {
  shape: (node, inputs) => broadcastAll(node, inputs),
  forward: (_node, inputs) => inputs.reduce((product, x) => tf.mul(product, x)),
  gradient: (_node, { inputs }, signal) => inputs.map((x, i) => summedTo(inputs.reduce((product, other, j) => (i === j ? product : tf.mul(product, other)), signal), x.shape)),
}

export const linearCombination: Layer<LinearCombinationNode> = {
  shape: (node, inputs) => {
    if (node.coefficients.length !== inputs.length) refuse(node, `expected a coefficient for each of its ${inputs.length} inputs, found ${node.coefficients.length}`)
    if (![...node.coefficients, node.constant ?? 0].every(Number.isFinite)) refuse(node, 'its coefficients are not finite numbers')
    return broadcastAll(node, inputs)
  },
  forward: ({ coefficients, constant = 0 }, inputs) => {
    const sum = inputs.map((x, i) => tf.mul(x, coefficients[i]!)).reduce((total, x) => tf.add(total, x))
    return constant === 0 ? sum : tf.add(sum, constant)
  },
  gradient: ({ coefficients }, { inputs }, signal) => inputs.map((x, i) => summedTo(tf.mul(signal, coefficients[i]!), x.shape)),
}

/** The largest or the smallest of inputs, value by value. The signal goes to the first of several. */
const extreme = (of: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, beyond: (best: tf.Tensor, x: tf.Tensor) => tf.Tensor): Layer<ArithmeticNode> => ({
  shape: (node, inputs) => broadcastAll(node, inputs),
  forward: (_node, inputs) => withGradient(inputs, [], (...xs) => xs.reduce((best, x) => of(best, x)), (dy, xs) => sentTo(xs, xs.reduce((best, x) => of(best, x)), dy, beyond)),
  gradient: (_node, { inputs, output }, signal) => sentTo(inputs, output, signal, beyond),
})

function sentTo(inputs: readonly tf.Tensor[], best: tf.Tensor, signal: tf.Tensor, beyond: (best: tf.Tensor, x: tf.Tensor) => tf.Tensor): tf.Tensor[] {
  let left: tf.Tensor = tf.onesLike(best)
  return inputs.map((x) => {
    // 1 where x itself is the best, and none before it was: a constant.
    const chosen = tf.mul(left, tf.sub(1, tf.step(beyond(best, x))))
    left = tf.sub(left, chosen)
    return summedTo(tf.mul(signal, chosen), x.shape)
  })
}

export const maximum = extreme((a, b) => tf.maximum(a, b), (best, x) => tf.sub(best, x))

export const minimum = extreme((a, b) => tf.minimum(a, b), (best, x) => tf.sub(x, best))

/** The shape of two arrays broadcast against each other; undefined where they do not fit. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length)
  const lengths = Array.from({ length: rank }, (_, i) => [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1] as const)
  return lengths.every(([one, other]) => one === other || one === 1 || other === 1) ? lengths.map(([one, other]) => (one === 1 ? other : one)) : undefined
}

function broadcastAll(node: ArithmeticNode | LinearCombinationNode, inputs: readonly (readonly number[])[]): readonly number[] {
  const [first, ...others] = inputs
  if (!first) refuse(node, 'expected at least one input')
  return others.reduce((shape, other) => {
    // Rows of fewer axes would be broadcast against the batch.
    const together = shape.length === other.length ? broadcast(shape, other) : undefined
    return together ?? refuse(node, `its inputs have shapes that do not fit: ${inputs.map((input) => `[${input.join(', ')}]`).join(', ')}`)
  }, first)
}

/** Sums a signal over the axes along which a tensor of `shape` was broadcast. */
function summedTo(signal: tf.Tensor, shape: number[]): tf.Tensor {
  if (sameShape(signal.shape, shape)) return signal
  const axes = shape.flatMap((length, axis) => (length === 1 && signal.shape[axis] !== 1 ? [axis] : []))
  return tf.sum(signal, axes, true)
}
