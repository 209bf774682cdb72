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
  forward: ({ by, epsilon }, [x], { mean, variance }) => (by === 'averages' ? tf.div(tf.sub(x!, mean!), deviation(variance!, epsilon)) : normalised(x!, allButLast(x!), epsilon)),
  gradient: ({ by, epsilon }, { inputs: [x], weights: { variance } }, signal) => [by === 'averages' ? tf.div(signal, deviation(variance!, epsilon)) : sentBack(standardised(x!, allButLast(x!), epsilon), allButLast(x!), signal)],
}

/** The same by mean and variance of each row. */
export const layerNorm: Layer<LayerNormNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs)
    if (node.axes.length === 0 || !node.axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < input.length)) refuse(node, `expected axes from 0 to ${input.length - 1}, found ${node.axes.join(', ') || 'none'}`)
    return input
  },
  forward: (node, [x]) => normalised(x!, axesOf(node), node.epsilon),
  gradient: (node, { inputs: [x] }, signal) => [sentBack(standardised(x!, axesOf(node), node.epsilon), axesOf(node), signal)],
}

const allButLast = ({ shape }: tf.Tensor): number[] => shape.slice(0, -1).map((_, axis) => axis)

/** Behind the axis of the batch. */
const axesOf = ({ axes }: LayerNormNode): number[] => axes.map((axis) => axis + 1)

const deviation = (variance: tf.Tensor, epsilon: number): tf.Tensor => tf.sqrt(tf.add(variance, epsilon))

interface Standardised {
  readonly y: tf.Tensor
  readonly length: tf.Tensor
}

function standardised(x: tf.Tensor, axes: number[], epsilon: number): Standardised {
  const centred = tf.sub(x, tf.mean(x, axes, true))
  const length = deviation(tf.mean(tf.square(centred), axes, true), epsilon)
  return { y: tf.div(centred, length), length }
}

/** Mean and variance depend on every value: dx = (dy - mean(dy) - y mean(dy y)) / sqrt(variance + epsilon). */
function sentBack({ y, length }: Standardised, axes: number[], signal: tf.Tensor): tf.Tensor {
  const without = tf.sub(tf.sub(signal, tf.mean(signal, axes, true)), tf.mul(y, tf.mean(tf.mul(signal, y), axes, true)))
  return tf.div(without, length)
}

/** The result of `standardised`, with `sentBack` for `tf.grad`: a third of the passes over the memory that its operations take one by one. */
function normalised(x: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  if (!tf.engine().isTapeOn()) return standardised(x, axes, epsilon).y
  const run = tf.customGrad((...args) => {
    const [at, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc]
    const there = standardised(at, axes, epsilon)
    save([at, there.y, there.length])
    return {
      value: there.y,
      gradFunc: (signal: tf.Tensor, saved: tf.Tensor[]) => {
        const [input, y, length] = saved as [tf.Tensor, tf.Tensor, tf.Tensor]
        // What is saved is constant to a gradient of this gradient.
        return sentBack(tf.engine().isTapeOn() ? standardised(input, axes, epsilon) : { y, length }, axes, signal)
      },
    }
  })
  return run(x)
}
