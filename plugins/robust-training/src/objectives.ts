import type { Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { crossEntropy, crossEntropyGradient, igNorm } from './loss.js'

/** Some examples: inputs `[n, ...inputShape]` and their classes. */
export interface Examples {
  readonly x: tf.Tensor
  readonly labels: readonly number[]
}

/** What a training makes small, over the rows of a batch: the sum of their cross-entropies, and perhaps of norms of attributions. */
export interface Objective {
  /** The inputs whose cross-entropy counts: the examples as they are, or `moved`, the attacked ones. */
  readonly of: 'examples' | 'moved'
  /** What else counts, summed over rows; `moved` are constants to it. */
  readonly norms?: (network: Network, examples: Examples, moved: tf.Tensor) => tf.Scalar
  /** The gradient, by the attacked inputs, of what the attack climbs; without it inputs stay as they are. */
  readonly climb?: (network: Network, examples: Examples, moved: tf.Tensor) => tf.Tensor
  /** How many rows go through the network at once for each example: points along the way of integrated gradients. */
  readonly rowsPerExample: number
  /** Whether the batch's loss is the mean over its examples, not their sum. */
  readonly mean: boolean
}

/** The function of the weights whose gradient is followed, summed over rows. */
export function lossOf({ of, norms }: Objective, network: Network, examples: Examples, moved: tf.Tensor): tf.Scalar {
  const predictions = crossEntropy(network, of === 'moved' ? moved : examples.x, examples.labels)
  return norms ? tf.add(predictions, norms(network, examples, moved)) : predictions
}

/** What attributions count, and at how many points their integral is taken: fewer in the attack than in the loss. */
export interface AttributionTerm {
  readonly weight: number
  readonly points: number
  readonly attackPoints: number
}

/** Mean CE(f(x), y). */
export const natural: Objective = { of: 'examples', rowsPerExample: 1, mean: true }

/** Mean CE(f(x'), y) with x' making it large. Source: Madry et al., "Towards deep learning models resistant to adversarial attacks", 2018. */
export const adversarial: Objective = {
  of: 'moved',
  climb: (network, { labels }, moved) => crossEntropyGradient(network, moved, labels),
  rowsPerExample: 1,
  mean: true,
}

/** Sum of CE(f(x), y) + weight ||IG(x, x')||_1, with x' making the norm large. Source: Chen et al., "Robust Attribution Regularization", NeurIPS 2019, IG-NORM. */
export function igNormObjective({ weight, points, attackPoints }: AttributionTerm): Objective {
  return {
    of: 'examples',
    norms: (network, { x, labels }, moved) => tf.mul(weight, igNorm(network, x, moved, labels, points)),
    climb: (network, { x, labels }, moved) => tf.grad((at: tf.Tensor) => igNorm(network, x, at, labels, attackPoints))(moved),
    rowsPerExample: Math.max(points, attackPoints),
    mean: false,
  }
}

/** Sum of CE(f(x'), y) + weight ||IG(x, x')||_1, with x' making it large. Source: the same, IG-SUM-NORM. */
export function igSumNormObjective(term: AttributionTerm): Objective {
  const ofNorm = igNormObjective(term)
  return {
    ...ofNorm,
    of: 'moved',
    climb: (network, examples, moved) => tf.add(crossEntropyGradient(network, moved, examples.labels), tf.mul(term.weight, ofNorm.climb!(network, examples, moved))),
  }
}
