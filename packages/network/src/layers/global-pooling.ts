import { sizeOf } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { GlobalPoolNode } from '../graph/node.js'
import { onlyInput, refuse, type Layer } from './layer.js'
import { withGradient } from './with-gradient.js'

const shape: Layer<GlobalPoolNode>['shape'] = (node, inputs) => {
  const input = onlyInput(node, inputs)
  const axes = axesOf(node, input.length)
  const consecutive = axes.every((axis, i) => axis >= 0 && axis < input.length && (i === 0 || axis === axes[i - 1]! + 1))
  if (axes.length === 0 || !consecutive) refuse(node, `expected consecutive axes of an input of shape [${input.join(', ')}], found ${axes.join(', ') || 'none'}`)
  return node.keepAxes ? input.map((length, axis) => (axes.includes(axis) ? 1 : length)) : input.filter((_, axis) => !axes.includes(axis))
}

/** The mean over whole axes. */
export const globalAveragePool: Layer<GlobalPoolNode> = {
  shape,
  forward: (node, [x]) => tf.mean(x!, ofBatch(node, x!), node.keepAxes),
  gradient: (node, { inputs: [x] }, signal) => {
    const { kept, count } = reduced(node, x!)
    return [tf.mul(tf.reshape(signal, kept), tf.fill(x!.shape, 1 / count))]
  },
}

/** The largest value over whole axes; the signal goes to the first of several. */
export const globalMaxPool: Layer<GlobalPoolNode> = {
  shape,
  forward: (node, [x]) =>
    withGradient(
      [x!],
      [],
      (input) => tf.max(input, ofBatch(node, x!), node.keepAxes),
      (dy, [input]) => [tf.mul(tf.reshape(dy, reduced(node, input!).kept), firstMaximum(node, input!))],
    ),
  gradient: (node, { inputs: [x] }, signal) => [tf.mul(tf.reshape(signal, reduced(node, x!).kept), firstMaximum(node, x!))],
}

function axesOf({ axes }: GlobalPoolNode, rank: number): readonly number[] {
  return axes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? Array.from({ length: rank - 1 }, (_, axis) => axis)
}

function ofBatch(node: GlobalPoolNode, x: tf.Tensor): number[] {
  return axesOf(node, x.rank - 1).map((axis) => axis + 1)
}

function reduced(node: GlobalPoolNode, x: tf.Tensor): { kept: number[]; count: number } {
  const axes = ofBatch(node, x)
  return { kept: x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)), count: sizeOf(axes.map((axis) => x.shape[axis]!)) }
}

/** 1 at the first of the largest values, 0 elsewhere, in the shape of `x`. A constant to the gradient. */
function firstMaximum(node: GlobalPoolNode, x: tf.Tensor): tf.Tensor {
  const axes = ofBatch(node, x)
  const [before, count, after] = [x.shape.slice(0, axes[0]), axes.map((axis) => x.shape[axis]!), x.shape.slice(axes.at(-1)! + 1)].map(sizeOf) as [number, number, number]
  // tf.oneHot wants at least two places.
  if (count === 1) return tf.onesLike(x)
  return withGradient(
    [x],
    [],
    (values) => {
      const places = tf.argMax(tf.reshape(values, [before, count, after]), 1)
      const mask = tf.transpose(tf.reshape(tf.oneHot(tf.reshape<tf.Rank.R1>(places, [-1]), count), [before, after, count]), [0, 2, 1])
      return tf.cast(tf.reshape(mask, x.shape), 'float32')
    },
    (dy) => [tf.zerosLike(dy)],
  )
}
