import { tf } from '@touchstone/tensor'
import type { PoolNode } from '../graph/node.js'
import { outputLength, samePadBefore } from './geometry.js'
import { onlyInput, refuse, type Layer } from './layer.js'
import { hasGradient, runKernel, withGradient } from './with-gradient.js'

type Pooling = Pick<PoolNode, 'size' | 'strides' | 'padding'>

const shape: Layer<PoolNode>['shape'] = (node, inputs) => {
  const input = onlyInput(node, inputs, 3)
  const [height, width] = [0, 1].map((axis) => outputLength(input[axis]!, node.size[axis]!, node.strides[axis]!, node.padding, axis))
  if (height! < 1 || width! < 1) refuse(node, `its window of ${node.size.join(' x ')} is larger than its input of ${input.slice(0, 2).join(' x ')}`)
  return [height!, width!, input[2]!]
}

/** Max-pooling. The signal goes to the largest value of each window, the first of several, line by line. */
export const maxPool: Layer<PoolNode> = {
  shape,
  forward: (node, [x]) => tf.maxPool(x as tf.Tensor4D, [...node.size], [...node.strides], node.padding),
  gradient: (node, { inputs: [x], output }, signal) => [toMaximum(signal as tf.Tensor4D, x as tf.Tensor4D, output as tf.Tensor4D, node)],
}

/** Average-pooling, by windows of which the padding is no part. */
export const averagePool: Layer<PoolNode> = {
  shape,
  forward: (node, [x]) => average(x as tf.Tensor4D, node),
  gradient: (node, { inputs: [x] }, signal) => [spreadOut(signal, x!, node)],
}

const attrsOf = ({ size, strides, padding }: Pooling) => ({ filterSize: [...size], strides: [...strides], pad: padding })

/** Moves each value of `signal` to where `x` is largest in its window; linear in `signal`, and its gradient reads at the same places. */
function toMaximum(signal: tf.Tensor4D, x: tf.Tensor4D, output: tf.Tensor4D, pooling: Pooling): tf.Tensor {
  // Where there is a kernel for it, the gradient's own gradient is faster than ours.
  if (hasGradient('MaxPoolGrad')) return runKernel('MaxPoolGrad', { dy: signal, input: x, output }, attrsOf(pooling))
  return withGradient(
    [signal],
    [x, output],
    (dy) => runKernel('MaxPoolGrad', { dy: dy, input: x, output }, attrsOf(pooling)),
    (upstream, _inputs, [input, largest]) => [atMaximum(upstream as tf.Tensor4D, input as tf.Tensor4D, largest as tf.Tensor4D, pooling)],
  )
}

/**
 * Reads `values` where `x` is largest in each window. Windows that overlap are taken in turns that do not: within a turn a mask of the largest
 * places, summed over each window, picks one value.
 */
function atMaximum(values: tf.Tensor4D, x: tf.Tensor4D, output: tf.Tensor4D, pooling: Pooling): tf.Tensor4D {
  const [, height, width] = output.shape
  const [turnsDown, turnsAcross] = [0, 1].map((axis) => Math.ceil(pooling.size[axis]! / pooling.strides[axis]!)) as [number, number]
  const counts = windowCounts(x.shape, output.shape, pooling)
  let sum: tf.Tensor4D | undefined
  for (let down = 0; down < turnsDown; down++) {
    for (let across = 0; across < turnsAcross; across++) {
      const turn = tf.tensor4d(
        Float32Array.from({ length: height * width }, (_, i) => Number(Math.floor(i / width) % turnsDown === down && (i % width) % turnsAcross === across)),
        [1, height, width, 1],
      )
      const ones = tf.mul<tf.Tensor4D>(tf.onesLike(output), turn)
      const places = runKernel('MaxPoolGrad', { dy: ones, input: x, output }, attrsOf(pooling))
      const picked = tf.mul<tf.Tensor4D>(average(tf.mul(values, places), pooling), tf.mul(turn, counts))
      sum = sum ? tf.add(sum, picked) : picked
    }
  }
  return sum!
}

function average(image: tf.Tensor4D, { size, strides, padding }: Pooling): tf.Tensor4D {
  return tf.avgPool(image, [...size], [...strides], padding)
}

/** The transpose of `average`: each value of `signal` in equal parts to its window; of `x` only the shape counts. */
function spreadOut(signal: tf.Tensor, x: tf.Tensor, pooling: Pooling): tf.Tensor {
  const run = (dy: tf.Tensor): tf.Tensor => runKernel('AvgPoolGrad', { dy, input: x }, attrsOf(pooling))
  return hasGradient('AvgPoolGrad') ? run(signal) : withGradient([signal], [], run, (upstream) => [average(upstream as tf.Tensor4D, pooling)])
}

/** How many values of the image each window covers: `[1, height, width, 1]`. */
function windowCounts(inputShape: readonly number[], outputShape: readonly number[], { size, strides, padding }: Pooling): tf.Tensor4D {
  const [rows, columns] = [0, 1].map((axis) => {
    const length = inputShape[axis + 1]!
    const before = padding === 'same' ? samePadBefore(length, size[axis]!, strides[axis]!) : 0
    return Array.from({ length: outputShape[axis + 1]! }, (_, at) => {
      const start = at * strides[axis]! - before
      return Math.min(length, start + size[axis]!) - Math.max(0, start)
    })
  }) as [number[], number[]]
  return tf.tensor4d(rows.flatMap((a) => columns.map((b) => a * b)), [1, rows.length, columns.length, 1])
}
