import { activationOf, type ActivationNode } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { secant } from './secant.js'
import type { DeepLiftRule } from './step.js'

/**
 * The Rescale rule for functions of one value: m_in = m (f(z) - f(z0)) / (z - z0), and m f'(z) where z = z0.
 *
 * Source: Shrikumar et al., "Learning important features through propagating activation differences", 2017, section 3.5.1.
 */
export const rescale: DeepLiftRule = ({ node, inputs: [z], reference, signal }) => [tf.mul(signal, secant(activationOf(node as ActivationNode), reference.inputs[0]!, z!))]
