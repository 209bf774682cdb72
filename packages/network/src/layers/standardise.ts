import { tf } from '@touchstone/tensor'
import type { StandardiseNode } from '../graph/node.js'
import { expectWeight, onlyInput, type Layer } from './layer.js'

/** (x - mean) / sqrt(variance + epsilon), by averages or by the batch that goes through. */
export const standardise: Layer<StandardiseNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs)
    for (const role of ['mean', 'variance'] as const) expectWeight(node, role, node.weights[role], [input.at(-1)])
    return input
  },
  forward: (node, [x], { mean, variance }) => {
    if (node.by === 'averages') return tf.div(tf.sub(x!, mean!), deviation(variance!, node))
    const [centred, own] = centredOf(x!)
    return tf.div(centred, deviation(own, node))
  },
  // By the batch, its mean and its variance depend on every row: dx = (dy - mean(dy) - y mean(dy y)) / deviation.
  gradient: (node, { inputs: [x], weights: { variance } }, signal) => {
    if (node.by === 'averages') return [tf.div(signal, deviation(variance!, node))]
    const [centred, own] = centredOf(x!)
    const length = deviation(own, node)
    const y = tf.div(centred, length)
    const without = tf.sub(tf.sub(signal, meanOf(signal)), tf.mul(y, meanOf(tf.mul(signal, y))))
    return [tf.div(without, length)]
  },
}

const deviation = (variance: tf.Tensor, { epsilon }: StandardiseNode): tf.Tensor => tf.sqrt(tf.add(variance, epsilon))

/** Over all axes but the last, which stay with length 1. */
const meanOf = (x: tf.Tensor): tf.Tensor => tf.mean(x, x.shape.slice(0, -1).map((_, axis) => axis), true)

function centredOf(x: tf.Tensor): [centred: tf.Tensor, variance: tf.Tensor] {
  const centred = tf.sub(x, meanOf(x))
  return [centred, meanOf(tf.square(centred))]
}
