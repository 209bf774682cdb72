import { project, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import type { Examples, Objective } from './objectives.js'

/** How inputs are moved while training, in the dataset's own units. */
export interface AttackBudget {
  /** The largest change of a value. */
  readonly epsilon: number
  readonly steps: number
  /** The change of a value per step. */
  readonly stepSize: number
  readonly bounds: { readonly low: number; readonly high: number }
}

/**
 * Moves inputs to where an objective is large: x' = x + noise, then `steps` times x' <- clip(x' + stepSize sign(climb)), cut to within epsilon of x and to the
 * range of valid values. The place after the last step counts.
 *
 * @param noise uniform in [-1, 1], in the shape of the inputs: where the walk starts, in epsilons
 * @returns a tensor that is the caller's
 */
export function attack(network: Network, climb: NonNullable<Objective['climb']>, examples: Examples, noise: Float32Array, { epsilon, steps, stepSize, bounds }: AttackBudget): tf.Tensor {
  const { x } = examples
  let moved: tf.Tensor = tf.tidy(() => tf.add(x, tf.mul(epsilon, tf.tensor(noise, x.shape))))
  for (let step = 0; step < steps; step++) {
    const next = tf.tidy(() => {
      const up = tf.add(moved, tf.mul(stepSize, tf.sign(climb(network, examples, moved))))
      return project(up, x, tf.scalar(epsilon), { norm: 'linf', bounds })
    })
    moved.dispose()
    moved = next
  }
  return moved
}
