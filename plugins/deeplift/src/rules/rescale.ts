import type { ActivationNode, Point } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { endOf, quotientOf, slopeOver } from './slope-over.js'
import type { DeepLiftRule } from './step.js'

/**
 * The Rescale rule for functions of one value: m_in = m (f(z) - f(z0)) / (z - z0), and m f'(z) where z = z0.
 *
 * Source: Shrikumar et al., "Learning important features through propagating activation differences", 2017, section 3.5.1.
 */
export const rescale: DeepLiftRule = ({ node, inputs, output, reference, signal }) => [rescaled(node as ActivationNode, signal, { inputs, output }, reference)]

/** The multiplier of an activation's input, from that of its output. */
export function rescaled(node: ActivationNode, multiplier: tf.Tensor, { inputs: [z], output: y }: Point, { inputs: [z0], output: y0 }: Point): tf.Tensor {
  return tf.mul(multiplier, slopeOver(node, [[endOf(node, z0!, y0), endOf(node, z!, y)]], tf.sub(y, y0), tf.sub(z!, z0!)))
}

/** The same for a PReLU, whose slopes differ from value to value. */
export const rescalePrelu: DeepLiftRule = ({ inputs: [z], output: y, reference, signal, gradient }) => [
  quotientOf(tf.mul(signal, tf.sub(y, reference.output)), tf.sub(z!, reference.inputs[0]!), gradient(signal)[0]!),
]
