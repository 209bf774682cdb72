import { tf } from '@touchstone/tensor'
import { expectWeight, refuse, type Layer, type NodeOf } from './layer.js'

/** y = x . kernel + bias over the last axis. */
export const dense: Layer<NodeOf<'dense'>> = {
  shape: (node, [input, ...others]) => {
    if (!input || others.length > 0 || input.length === 0) refuse(node, 'expected one input of at least one axis')
    const kernel = expectWeight(node, 'kernel', node.weights.kernel, [input.at(-1), undefined])
    if (node.weights.bias) expectWeight(node, 'bias', node.weights.bias, [kernel.shape[1]])
    return [...input.slice(0, -1), kernel.shape[1]!]
  },
  forward: (_node, [x], { kernel, bias }) => {
    const product = multiply(x!, kernel!, false)
    return bias ? tf.add(product, bias) : product
  },
  gradient: (_node, { weights }, signal) => [multiply(signal, weights.kernel!, true)],
  flop: ({ weights: { kernel } }, shape) => 2 * kernel.data.length * shape.slice(0, -1).reduce((a, b) => a * b, 1),
}

function multiply(x: tf.Tensor, kernel: tf.Tensor, transposed: boolean): tf.Tensor {
  const [inner, outer] = transposed ? [kernel.shape[1]!, kernel.shape[0]] : [kernel.shape[0], kernel.shape[1]!]
  if (x.rank === 2) return tf.matMul(x, kernel, false, transposed)
  const product = tf.matMul(tf.reshape(x, [-1, inner]), kernel, false, transposed)
  return tf.reshape(product, [...x.shape.slice(0, -1), outer])
}
