import { UserError } from '@touchstone/core'
import { backward, forward, targetSeed, type Inputs, type Network, type Targets } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { linePath } from './path-map.js'

export interface LayerConductanceOptions {
  /** The layer whose units are explained, by its name in the network's graph. */
  readonly layer: string
  /** Pieces of the path: a whole number of at least 1; `steps + 1` rows with their gradients per row. */
  readonly steps: number
  /** x0: one number for every value, 0 unless told; or tensors that can be broadcast to the inputs, one per input of the network. */
  readonly baseline?: number | Inputs
}

/**
 * Layer conductance: how much of F_y(x) - F_y(x0) flows through each unit y_j of a layer, A_j = integral over a in [0, 1] of
 * dF_y / dy_j * dy_j / da along the line x0 + a (x - x0). Signed, `[n, ...shape of the layer]`; over all units of a layer that all of the signal
 * goes through, the map adds up to F_y(x) - F_y(x0).
 *
 * The integral is taken over dy_j itself, sum_k (g_j(a_k) + g_j(a_k+1)) / 2 * (y_j(a_k+1) - y_j(a_k)) with g = dF_y / dy and a_k = k / steps, so that
 * no derivative of y is needed. The caller owns the tensor.
 *
 * Source: Dhamdhere, Sundararajan, Yan, "How important is a neuron?", ICLR 2019, definition 1.
 *
 * @throws UserError for a layer that the network has not, a baseline that does not fit, or a wrong number of steps.
 */
export function layerConductance(network: Network, x: Inputs, targets: Targets, { layer, steps, baseline = 0 }: LayerConductanceOptions): tf.Tensor {
  if (!Number.isSafeInteger(steps) || steps < 1) throw new UserError(`layerConductance: expected a whole number of steps of at least 1, found ${steps}`)
  return tf.tidy(() => {
    const path = linePath(x, baseline)
    /** [y, g] at a place of the path. */
    const at = (a: number): readonly [tf.Tensor, tf.Tensor] =>
      tf.tidy(() => {
        const activations = forward(network, path.at(a))
        const value = tf.clone(activations.of(layer))
        const seed = targetSeed(network, targets, value.shape[0])
        return [value, backward(network, activations, seed, { at: [layer] })[0]!] as [tf.Tensor, tf.Tensor]
      })
    let sum = tf.zeros([1])
    let [value, gradient] = at(0)
    for (let k = 1; k <= steps; k++) {
      const [next, nextGradient] = at(k / steps)
      const [before, from, fromGradient] = [sum, value, gradient]
      sum = tf.tidy(() => tf.add(before, tf.mul(tf.mul(tf.add(fromGradient, nextGradient), 0.5), tf.sub(next, from))))
      tf.dispose([before, from, fromGradient])
      ;[value, gradient] = [next, nextGradient]
    }
    return sum
  })
}
