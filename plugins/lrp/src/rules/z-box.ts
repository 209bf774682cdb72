import { UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { negative, positive, share } from './terms.js'

/**
 * The zB rule, for inputs that lie in a box from l to h: x W - l W+ - h W-. Biases cancel. For the layer that sees the pixels.
 *
 * Source: Montavon et al., "Explaining nonlinear classification decisions with deep Taylor decomposition", 2017, section 4.1.
 */
export const zBox: MakeRule = (options) => (step) => {
  const { inputs: [x], weights: { kernel }, node } = step
  const [l, h] = (['low', 'high'] as const).map((side) => filled(x!, options[side], `lrp: ${side} of the z-box rule at layer "${node.id}"`))
  const contributions = [
    { x: x!, kernel: kernel! },
    { x: l!, kernel: positive(kernel!), factor: -1 },
    { x: h!, kernel: negative(kernel!), factor: -1 },
  ]
  return [share(step, contributions, undefined, step.signal, options)]
}

/** One value for all inputs, or one per channel, in the shape of x. */
function filled(x: tf.Tensor, value: number | readonly number[], what: string): tf.Tensor {
  if (typeof value === 'number') return tf.fill(x.shape, value)
  if (value.length !== x.shape.at(-1)) throw new UserError(`${what} has ${value.length} values, but the inputs have ${x.shape.at(-1)!} channels`)
  return tf.add(tf.zerosLike(x), tf.tensor1d([...value]))
}
