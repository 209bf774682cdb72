import { sameShape } from '@touchstone/core'
import { smoothRelu, tf } from '@touchstone/tensor'
import type { PreluNode } from '../graph/node.js'
import { broadcast } from './elementwise.js'
import { onlyInput, refuse, type Layer } from './layer.js'

/** max(0, x) + alpha min(0, x). At the kink the slope is the one to the left. */
export const prelu: Layer<PreluNode> = {
  shape: (node, inputs) => {
    const input = onlyInput(node, inputs)
    const { alpha } = node.weights
    if (!sameShape(broadcast(alpha.shape, input) ?? [], input)) refuse(node, `"alpha" of shape [${alpha.shape.join(', ')}] does not fit rows of shape [${input.join(', ')}]`)
    return input
  },
  forward: ({ beta }, [x], { alpha }) => {
    if (beta === undefined) return tf.sub(tf.relu(x!), tf.mul(alpha!, tf.relu(tf.neg(x!))))
    return tf.add(tf.mul(alpha!, x!), tf.mul(tf.sub(1, alpha!), smoothRelu(x!, { beta })))
  },
  gradient: ({ beta }, { inputs: [x], weights: { alpha } }, signal) => {
    const above = beta === undefined ? tf.step(x!) : tf.sigmoid(tf.mul(x!, beta))
    return [tf.mul(signal, tf.add(alpha!, tf.mul(tf.sub(1, alpha!), above)))]
  },
}
