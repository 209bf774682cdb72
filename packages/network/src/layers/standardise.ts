import { tf } from '@touchstone/tensor'
import type { LayerNormNode, StandardiseNode } from '../graph/node.js'
import { expectWeight, onlyInput, refuse, type Layer } from './layer.js'

/** (x - mean) / sqrt(variance + epsilon), by averages or by the batch that goes through. */
export const standardise: Layer<StandardiseNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs)
    for (const role of ['mean', 'variance'] as const) expectWeight(node, role, node.weights[role], [input.at(-1)])
    return input
  },
  forward: ({ by, epsilon }, [x], { mean, variance }) => (by === 'averages' ? tf.div(tf.sub(x!, mean!), deviation(variance!, epsilon)) : standardised(x!, allButLast(x!), epsilon).y),
  gradient: ({ by, epsilon }, { inputs: [x], weights: { variance } }, signal) => [by === 'averages' ? tf.div(signal, deviation(variance!, epsilon)) : sentBack(x!, allButLast(x!), epsilon, signal)],
}

/** The same by mean and variance of each row. */
export const layerNorm: Layer<LayerNormNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs)
    if (node.axes.length === 0 || !node.axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < input.length)) refuse(node, `expected axes from 0 to ${input.length - 1}, found ${node.axes.join(', ') || 'none'}`)
    return input
  },
  forward: (node, [x]) => standardised(x!, axesOf(node), node.epsilon).y,
  gradient: (node, { inputs: [x] }, signal) => [sentBack(x!, axesOf(node), node.epsilon, signal)],
}

const allButLast = ({ shape }: tf.Tensor): number[] => shape.slice(0, -1).map((_, axis) => axis)

/** Behind the axis of the batch. */
const axesOf = ({ axes }: LayerNormNode): number[] => axes.map((axis) => axis + 1)

const deviation = (variance: tf.Tensor, epsilon: number): tf.Tensor => tf.sqrt(tf.add(variance, epsilon))

function standardised(x: tf.Tensor, axes: number[], epsilon: number): { readonly y: tf.Tensor; readonly length: tf.Tensor } {
  const centred = tf.sub(x, tf.mean(x, axes, true))
  const length = deviation(tf.mean(tf.square(centred), axes, true), epsilon)
  return { y: tf.div(centred, length), length }
}

/** Mean and variance depend on every value: dx = (dy - mean(dy) - y mean(dy y)) / sqrt(variance + epsilon). */
function sentBack(x: tf.Tensor, axes: number[], epsilon: number, signal: tf.Tensor): tf.Tensor {
  const { y, length } = standardised(x, axes, epsilon)
  const without = tf.sub(tf.sub(signal, tf.mean(signal, axes, true)), tf.mul(y, tf.mean(tf.mul(signal, y), axes, true)))
  return tf.div(without, length)
}
