import { tf } from '@touchstone/tensor'
import type { Conv2DNode, DepthwiseConv2DNode, Pair } from '../graph/node.js'
import { outputLength, tfPadding, type TfPadding } from './geometry.js'
import { expectWeight, onlyInput, refuse, type Layer } from './layer.js'
import { hasGradient, runKernel, withGradient } from './with-gradient.js'

/** Convolution. A dilated one runs as an ordinary one with zeros between the taps, since tfjs has no gradient of the other. */
export const conv2d: Layer<Conv2DNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs, 3)
    const kernel = expectWeight(node, 'kernel', node.weights.kernel, [undefined, undefined, input[2], undefined])
    return imageShape(node, input, kernel.shape[3]!)
  },
  forward: (node, [x], { kernel, bias }) => {
    const filter = dilated(kernel as tf.Tensor4D, node.dilations)
    const image = x as tf.Tensor4D
    const [strides, pad] = [pairOf(node.strides), tfPadding(node.padding)]
    // Without a tape, convolution and bias are one kernel.
    if (bias && !tf.engine().isTapeOn()) return tf.fused.conv2d({ x: image, filter, strides, pad: pad, bias })
    const output = tf.conv2d(image, filter, strides, pad)
    return bias ? tf.add(output, bias) : output
  },
  gradient: (node, { inputs: [x], weights }, signal) => {
    const filter = dilated(weights.kernel as tf.Tensor4D, node.dilations)
    return [tf.conv2dTranspose(signal as tf.Tensor4D, filter, (x as tf.Tensor4D).shape, pairOf(node.strides), tfPadding(node.padding))]
  },
  flop: ({ weights: { kernel } }, shape) => 2 * kernel.data.length * shape[0]! * shape[1]!,
}

/** Convolution of every channel by itself. */
export const depthwiseConv2d: Layer<DepthwiseConv2DNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs, 3)
    const kernel = expectWeight(node, 'kernel', node.weights.kernel, [undefined, undefined, input[2], undefined])
    return imageShape(node, input, input[2]! * kernel.shape[3]!)
  },
  forward: (node, [x], { kernel, bias }) => {
    const output = depthwise(x as tf.Tensor4D, dilated(kernel as tf.Tensor4D, node.dilations), node)
    return bias ? tf.add(output, bias) : output
  },
  gradient: (node, { inputs: [x], weights }, signal) => {
    const filter = dilated(weights.kernel as tf.Tensor4D, node.dilations)
    return [depthwiseTranspose(signal as tf.Tensor4D, filter, (x as tf.Tensor4D).shape, pairOf(node.strides), tfPadding(node.padding))]
  },
  flop: ({ weights: { kernel } }, shape) => 2 * kernel.data.length * shape[0]! * shape[1]!,
}

function imageShape(node: Conv2DNode | DepthwiseConv2DNode, input: readonly number[], channels: number): readonly number[] {
  const { weights: { kernel, bias }, strides, dilations = [1, 1], padding } = node
  if (bias) expectWeight(node, 'bias', bias, [channels])
  const [height, width] = [0, 1].map((axis) => outputLength(input[axis]!, (kernel.shape[axis]! - 1) * dilations[axis]! + 1, strides[axis]!, padding, axis))
  if (height! < 1 || width! < 1) refuse(node, `its kernel of ${kernel.shape.slice(0, 2).join(' x ')} is larger than its input of ${input.slice(0, 2).join(' x ')}`)
  return [height!, width!, channels]
}

const pairOf = ([height, width]: Pair): [number, number] => [height, width]

function depthwise(x: tf.Tensor4D, filter: tf.Tensor4D, node: DepthwiseConv2DNode): tf.Tensor4D {
  return tf.depthwiseConv2d(x, filter, pairOf(node.strides), tfPadding(node.padding))
}

/** The transposed depthwise convolution, which tfjs itself can run but not differentiate: it is linear in both of its inputs. */
function depthwiseTranspose(signal: tf.Tensor4D, kernel: tf.Tensor4D, inputShape: number[], strides: [number, number], pad: TfPadding): tf.Tensor {
  const attrs = { strides, pad, dilations: [1, 1] }
  if (hasGradient('DepthwiseConv2dNativeBackpropInput')) return runKernel('DepthwiseConv2dNativeBackpropInput', { dy: signal, filter: kernel }, { ...attrs, inputShape })
  return withGradient(
    [signal, kernel],
    [],
    (dy, filter) => runKernel('DepthwiseConv2dNativeBackpropInput', { dy: dy, filter: filter }, { ...attrs, inputShape }),
    (upstream, [dy, filter]) => [
      tf.depthwiseConv2d(upstream as tf.Tensor4D, filter as tf.Tensor4D, strides, pad),
      runKernel('DepthwiseConv2dNativeBackpropFilter', { x: upstream, dy: dy! }, { ...attrs, filterShape: filter!.shape }),
    ],
  )
}

/** The kernel with `dilation - 1` zeros between its taps. */
function dilated(kernel: tf.Tensor4D, dilations: Pair = [1, 1]): tf.Tensor4D {
  if (dilations[0] === 1 && dilations[1] === 1) return kernel
  const [height, width, channels, outputs] = kernel.shape
  const rows = spread(tf.reshape(kernel, [height, 1, width * channels * outputs]), dilations[0])
  const tall = rows.shape[0]
  const columns = spread(tf.reshape(tf.transpose(tf.reshape(rows, [tall, width, channels * outputs]), [1, 0, 2]), [width, 1, tall * channels * outputs]), dilations[1])
  const wide = columns.shape[0]
  return tf.reshape(tf.transpose(tf.reshape(columns, [wide, tall, channels * outputs]), [1, 0, 2]), [tall, wide, channels, outputs])
}

/** `[n, 1, size]` to `[(n - 1) dilation + 1, size]`. */
function spread(taps: tf.Tensor3D, dilation: number): tf.Tensor2D {
  const [count, , size] = taps.shape
  const padded = tf.reshape<tf.Rank.R2>(tf.pad(taps, [[0, 0], [0, dilation - 1], [0, 0]]), [count * dilation, size])
  return tf.slice(padded, [0, 0], [(count - 1) * dilation + 1, size])
}
