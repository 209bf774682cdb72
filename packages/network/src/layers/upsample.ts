import { tf } from '@touchstone/tensor'
import type { UpsampleNode } from '../graph/node.js'
import { onlyInput, refuse, type Layer } from './layer.js'
import { hasGradient, runKernel, withGradient } from './with-gradient.js'

/** Images made larger by whole factors. */
export const upsample: Layer<UpsampleNode> = {
  shape: (node, inputs) => {
    const [height, width, channels] = onlyInput(node, inputs, 3) as readonly [number, number, number]
    if (!node.factors.every((factor) => Number.isInteger(factor) && factor > 0)) refuse(node, `expected whole factors above 0, found ${node.factors.join(', ')}`)
    return [height * node.factors[0], width * node.factors[1], channels]
  },
  forward: (node, [x]) => enlarged(x as tf.Tensor4D, node),
  gradient: (node, { inputs: [x] }, signal) => [gathered(signal as tf.Tensor4D, x as tf.Tensor4D, node)],
}

function enlarged(x: tf.Tensor4D, node: UpsampleNode): tf.Tensor4D {
  const { factors: [down, across], method } = node
  const size: [number, number] = [x.shape[1] * down, x.shape[2] * across]
  if (method === 'bilinear') return tf.image.resizeBilinear(x, size)
  // tfjs's own gradient mixes up the rows of a batch on its cpu backend.
  return withGradient([x], [], (image) => tf.image.resizeNearestNeighbor(image as tf.Tensor4D, size), (dy) => [gathered(dy as tf.Tensor4D, x, node)]) as tf.Tensor4D
}

/** The transpose of `enlarged`; of `x` only the shape counts. */
function gathered(signal: tf.Tensor4D, x: tf.Tensor4D, node: UpsampleNode): tf.Tensor4D {
  const { factors: [down, across], method } = node
  if (method === 'nearest') return tf.mul(tf.avgPool(signal, [down, across], [down, across], 'valid'), down * across)
  const run = (dy: tf.Tensor): tf.Tensor => runKernel('ResizeBilinearGrad', { dy, images: x }, { alignCorners: false })
  return (hasGradient('ResizeBilinearGrad') ? run(signal) : withGradient([signal], [], run, (upstream) => [enlarged(upstream as tf.Tensor4D, node)])) as tf.Tensor4D
}
