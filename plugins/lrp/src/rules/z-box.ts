import { tf } from '@touchstone/tensor'
import type { MakeRule } from './step.js'
import { negative, positive, share } from './terms.js'

/**
 * The zB rule, for inputs that lie in a box from l to h: x W - l W+ - h W-. Biases cancel. For the layer that sees the pixels.
 *
 * Source: Montavon et al., "Explaining nonlinear classification decisions with deep Taylor decomposition", 2017, section 4.1.
 */
export const zBox: MakeRule = (options) => (step) => {
  const { inputs: [x], weights: { kernel } } = step
  const [l, h] = (['low', 'high'] as const).map((side) => filled(x!, options[side]))
  const contributions = [
    { x: x!, kernel: kernel! },
    { x: l!, kernel: positive(kernel!), factor: -1 },
    { x: h!, kernel: negative(kernel!), factor: -1 },
  ]
  return [share(step, contributions, undefined, step.signal, options)]
}

/** One value for all inputs, or one per channel, in the shape of x. */
function filled(x: tf.Tensor, value: number | readonly number[]): tf.Tensor {
  if (typeof value === 'number') return tf.fill(x.shape, value)
  return tf.add(tf.zerosLike(x), tf.tensor1d([...value]))
}
