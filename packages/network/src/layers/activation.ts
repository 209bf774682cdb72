import { leakyReluGradient, smoothRelu, smoothReluGradient, tf, type SmoothRelu } from '@touchstone/tensor'
import type { ActivationName, ActivationNode } from '../graph/node.js'
import { onlyInput, refuse, type Layer } from './layer.js'

/** A function of one value and its slope, from ops that tfjs differentiates rightly. At a kink the slope is the one to the left. */
export interface Activation {
  readonly value: (x: tf.Tensor) => tf.Tensor
  /** The slope at `x`, where the value is `y`. */
  readonly slope: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor
}

interface OfNode {
  readonly value: (x: tf.Tensor, node: ActivationNode) => tf.Tensor
  readonly slope: (x: tf.Tensor, y: tf.Tensor, node: ActivationNode) => tf.Tensor
}

const seluScale = 1.0507009873554805
const seluAlpha = 1.6732632423543772

const smoothSlope = (x: tf.Tensor, shape: SmoothRelu): tf.Tensor => smoothReluGradient(tf.onesLike(x), x, shape)

const geluScale = Math.sqrt(2 / Math.PI)
const geluCubic = 0.044715
const geluTanh = (x: tf.Tensor): tf.Tensor => tf.tanh(tf.mul(geluScale, tf.add(x, tf.mul(geluCubic, tf.mul(x, tf.square(x))))))
const normalDistribution = (x: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))))

const activations: Readonly<Record<ActivationName, OfNode>> = {
  linear: { value: (x) => tf.clone(x), slope: (x) => tf.onesLike(x) },
  relu: {
    value: (x, { max }) => (max === undefined ? tf.relu(x) : tf.clipByValue(x, 0, max)),
    // x (max - x) is positive between the kinks alone.
    slope: (x, _y, { max }) => tf.step(max === undefined ? x : tf.mul(x, tf.sub(max, x))),
  },
  'leaky-relu': { value: (x, { alpha = 0.3 }) => tf.leakyRelu(x, alpha), slope: (x, _y, { alpha = 0.3 }) => tf.step(x, alpha) },
  elu: {
    value: (x, { alpha = 1 }) => (alpha === 1 ? tf.elu(x) : tf.add(tf.relu(x), tf.mul(alpha, tf.elu(tf.minimum(x, 0))))),
    slope: (x, y, { alpha = 1 }) => {
      const above = tf.step(x)
      return tf.add(above, tf.mul(tf.sub(1, above), tf.add(y, alpha)))
    },
  },
  selu: {
    value: (x) => tf.selu(x),
    slope: (x, y) => {
      const above = tf.step(x)
      return tf.add(tf.mul(above, seluScale), tf.mul(tf.sub(1, above), tf.add(y, seluScale * seluAlpha)))
    },
  },
  softplus: { value: (x, { beta }) => smoothRelu(x, { beta }), slope: (x, _y, { beta }) => smoothSlope(x, { beta }) },
  sigmoid: { value: (x) => tf.sigmoid(x), slope: (_x, y) => tf.mul(y, tf.sub(1, y)) },
  'hard-sigmoid': {
    value: (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
    slope: (x) => tf.mul(0.2, tf.step(tf.mul(tf.add(x, 2.5), tf.sub(2.5, x)))),
  },
  tanh: { value: (x) => tf.tanh(x), slope: (_x, y) => tf.sub(1, tf.mul(y, y)) },
  softsign: { value: (x) => tf.div(x, tf.add(1, tf.abs(x))), slope: (x) => tf.div(1, tf.square(tf.add(1, tf.abs(x)))) },
  swish: {
    value: (x) => tf.mul(x, tf.sigmoid(x)),
    slope: (x, y) => {
      const s = tf.sigmoid(x)
      return tf.add(s, tf.mul(y, tf.sub(1, s)))
    },
  },
  exponential: { value: (x) => tf.exp(x), slope: (_x, y) => y },
  // x Phi(x), with Phi the distribution function of the standard normal.
  gelu: {
    value: (x) => tf.mul(x, normalDistribution(x)),
    slope: (x) => tf.add(normalDistribution(x), tf.mul(x, tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(x)))))),
  },
  // The same with a tanh that comes close to Phi.
  'gelu-tanh': {
    value: (x) => tf.mul(tf.mul(0.5, x), tf.add(1, geluTanh(x))),
    slope: (x) => {
      const t = geluTanh(x)
      const inner = tf.mul(geluScale, tf.add(1, tf.mul(3 * geluCubic, tf.square(x))))
      return tf.mul(0.5, tf.add(tf.add(1, t), tf.mul(tf.mul(x, inner), tf.sub(1, tf.square(t)))))
    },
  },
  mish: {
    value: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
    slope: (x) => {
      const t = tf.tanh(tf.softplus(x))
      return tf.add(t, tf.mul(tf.mul(x, tf.sigmoid(x)), tf.sub(1, tf.square(t))))
    },
  },
  'thresholded-relu': {
    value: (x, { theta = 1 }) => tf.mul(x, tf.step(tf.sub(x, theta))),
    slope: (x, _y, { theta = 1 }) => tf.step(tf.sub(x, theta)),
  },
  // a x + (1 - a) softplus(x): the leaky ReLU without its kink.
  'smooth-leaky-relu': { value: (x, { alpha = 0.3, beta }) => smoothRelu(x, { alpha, beta }), slope: (x, _y, { alpha = 0.3, beta }) => smoothSlope(x, { alpha, beta }) },
  // softplus(x) - softplus(x - max): the clipped ReLU without its kinks.
  'smooth-clipped-relu': {
    value: (x, { beta, max = 6 }) => smoothRelu(x, { beta, max }),
    slope: (x, _y, { beta, max = 6 }) => smoothSlope(x, { beta, max }),
  },
}

/** The function that an activation applies to every value, with the node's own parameters. */
export function activationOf(node: ActivationNode): Activation {
  const { value, slope } = activations[node.name]
  return { value: (x) => value(x, node), slope: (x, y) => slope(x, y, node) }
}

/** A function of every value. */
export const activation: Layer<ActivationNode> = {
  shape: (node, inputs) => {
    if (!Object.hasOwn(activations, node.name)) refuse(node, `there is no activation "${node.name}"; there are ${Object.keys(activations).join(', ')}`)
    return onlyInput(node, inputs)
  },
  forward: (node, [x]) => activations[node.name].value(x!, node),
  gradient: (node, { inputs: [x], output }, signal) => {
    const { name, alpha = 0.3, beta, max } = node
    if (name === 'linear') return [signal]
    if (name === 'leaky-relu') return [leakyReluGradient(signal, x!, alpha)]
    if (name === 'relu' && max === undefined) return [leakyReluGradient(signal, x!, 0)]
    if (name === 'softplus') return [smoothReluGradient(signal, x!, { beta })]
    if (name === 'smooth-leaky-relu') return [smoothReluGradient(signal, x!, { alpha, beta })]
    if (name === 'smooth-clipped-relu') return [smoothReluGradient(signal, x!, { beta, max: max ?? 6 })]
    return [tf.mul(signal, activations[name].slope(x!, output, node))]
  },
}
