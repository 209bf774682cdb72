import { sameShape, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Network } from '../network.js'
import { backward, type BackwardOptions } from './backward.js'
import { forward, type Inputs } from './forward.js'

/** Which output a row is explained by: an index into its values, flat. `null` means their sum, for networks of one output. */
export type Targets = readonly number[] | null

/** 1 at each row's target, 0 elsewhere: the signal at the output with which a backward pass starts. */
export function targetSeed(network: Network, targets: Targets, rows: number): tf.Tensor {
  const shape = [rows, ...network.outputShape]
  if (targets === null) return tf.ones(shape)
  if (targets.length !== rows) throw new UserError(`expected a target for each of ${rows} rows, found ${targets.length}`)
  // By its index, since a list with a gap in it has a target that is undefined.
  const outside = targets.findIndex((target) => !Number.isInteger(target) || target < 0 || target >= network.classCount)
  if (outside >= 0) throw new UserError(`there is no output ${String(targets[outside])}: the network has ${network.classCount}, counted from 0`)
  const seed = new Float32Array(rows * network.classCount)
  targets.forEach((target, row) => (seed[row * network.classCount + target] = 1))
  return tf.tensor(seed, shape)
}

/** sum_i F_{targets[i]}(x_i), a scalar: its gradient by x holds each row's own gradient. The class is picked by a product, since gather has no gradient on wasm. */
export function targetLogitSum(network: Network, x: Inputs, targets: Targets): tf.Scalar {
  return tf.tidy(() => {
    const logits = network.logits(x)
    return tf.sum(tf.mul(logits, targetSeed(network, targets, logits.shape[0])))
  })
}

/** The network's outputs and, of each row's target, the gradients by the inputs. */
export interface ValueAndGradient {
  readonly logits: tf.Tensor2D
  /** One per input of the network, or per layer asked for. */
  readonly gradients: readonly tf.Tensor[]
}

/** Outputs and gradients from one pass forward and one back. The caller owns the tensors. */
export function valueAndGradient(network: Network, x: Inputs, targets: Targets, options: BackwardOptions = {}): ValueAndGradient {
  const [logits, ...gradients] = tf.tidy(() => {
    const activations = forward(network, x)
    const from = options.from ?? network.graph.output
    const rows = activations.output.shape[0]
    const seed = from === network.graph.output ? targetSeed(network, targets, rows) : tf.onesLike(activations.of(from))
    const logits = tf.clone(activations.output)
    return [logits, ...backward(network, activations, seed, { ...options, finished: activations.free })]
  })
  return { logits: logits as tf.Tensor2D, gradients }
}

/**
 * dF_y / dx for every row, in the shape of `x`, of the first input where there are several; by other rules where they are given. The caller owns
 * the tensor, which can be differentiated again by `tf.grad`, by `x` and by the weights.
 */
export function inputGradient(network: Network, x: Inputs, targets: Targets, options: BackwardOptions = {}): tf.Tensor {
  return tf.tidy(() => inputGradients(network, x, targets, options)[0]!)
}

/** The same for every input of the network, in its order. */
export function inputGradients(network: Network, x: Inputs, targets: Targets, options: BackwardOptions = {}): tf.Tensor[] {
  return tf.tidy(() => {
    const inputs = x instanceof tf.Tensor ? [x] : x
    return valueAndGradient(network, x, targets, options).gradients.map((gradient, i) => {
      const input = inputs[i]
      // Where all layers are linear nothing of `x` is in its gradient, and tfjs would refuse to differentiate it instead of giving zeros.
      const asked = tf.engine().isTapeOn() && input && sameShape(gradient.shape, input.shape)
      return asked ? tf.add(gradient, tf.mul(input, 0)) : gradient
    })
  })
}
