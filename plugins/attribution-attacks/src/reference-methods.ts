import { defineReferenceMethod, flattenNested, isNested, type ReferenceProblem } from '@touchstone/core'
import { explainByTensors, valueAndGradient, type Network, type Targets } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** How this package answers reference cases of attacks on inputs, whose loss is -log F_y of raw outputs. */
export const referenceMethods = [
  defineReferenceMethod('fgsm', 'one step by the sign of the gradient of -log F; params: epsilon, targeted, lower_bound, upper_bound, mask', (problem) => {
    const step = stepOf(problem, problem.params.number('epsilon'))
    return explainByTensors(problem, (network, x, targets) => step(network, x, targets))
  }),
  defineReferenceMethod('pgd', 'several such steps, each projected onto the ball; params: radius, step_size, step_num, norm, targeted, lower_bound, upper_bound, mask', (problem) => {
    const { params } = problem
    const [radius, steps, norm] = [params.number('radius'), params.number('step_num'), params.oneOf('norm', ['Linf', 'L2'], 'Linf')]
    const step = stepOf(problem, params.number('step_size'))
    return explainByTensors(problem, (network, x, targets) => {
      let moved = x
      for (let i = 0; i < steps; i++) moved = step(network, moved, targets).map((to, input) => tf.add(x[input]!, withinBall(tf.sub(to, x[input]!), radius, norm)))
      return moved
    })
  }),
]

type Step = (network: Network, x: readonly tf.Tensor[], targets: Targets) => readonly tf.Tensor[]

function stepOf({ params, inputs }: ReferenceProblem, size: number): Step {
  const targeted = params.boolean('targeted', false)
  const [low, high] = [params.number('lower_bound', -Infinity), params.number('upper_bound', Infinity)]
  const masks = params.perInput('mask', inputs.length)
  return (network, x, targets) => {
    const { logits, gradients } = valueAndGradient(network, x, targets)
    const chosen = targets === null ? tf.sum(tf.reshape(logits, [logits.shape[0], -1]), 1) : tf.sum(tf.mul(tf.reshape(logits, [logits.shape[0], -1]), tf.oneHot([...targets], network.classCount)), 1)
    // d(-log F) = -dF / F: away from the class, or towards it.
    const uphill = tf.mul(tf.sign(chosen), targeted ? 1 : -1)
    return x.map((input, i) => {
      const signs = tf.mul(tf.sign(gradients[i]!), tf.reshape(uphill, [-1, ...input.shape.slice(1).map(() => 1)]))
      const given = masks?.[i]
      const mask = given !== undefined && isNested(given) ? tf.tensor(flattenNested(given), given instanceof Array ? [given.length, ...input.shape.slice(1)] : []) : 1
      const moved = tf.add(input, tf.mul(tf.mul(signs, size), mask))
      return tf.minimum(tf.maximum(moved, low), high)
    })
  }
}

function withinBall(change: tf.Tensor, radius: number, norm: 'Linf' | 'L2'): tf.Tensor {
  if (norm === 'Linf') return tf.minimum(tf.maximum(change, -radius), radius)
  const lengths = tf.sqrt(tf.sum(tf.reshape(tf.square(change), [change.shape[0], -1]), 1))
  return tf.mul(change, tf.reshape(tf.minimum(1, tf.div(radius, tf.maximum(lengths, 1e-30))), [-1, ...change.shape.slice(1).map(() => 1)]))
}
