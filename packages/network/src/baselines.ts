import { UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Inputs } from './run/forward.js'

/**
 * One baseline per input of a network: the number for each of them, or tensors that can be broadcast to the inputs.
 *
 * @param who stands before a message
 * @throws UserError where there are more or fewer than inputs, or one does not fit its input.
 */
export function baselinesOf(baseline: number | Inputs, inputs: readonly tf.Tensor[], who?: string): readonly (number | tf.Tensor)[] {
  if (typeof baseline === 'number') return inputs.map(() => baseline)
  const by = who === undefined ? '' : `${who}: `
  const baselines = baseline instanceof tf.Tensor ? [baseline] : baseline
  if (baselines.length !== inputs.length) throw new UserError(`${by}expected a baseline for each of ${inputs.length} inputs, found ${baselines.length}`)
  baselines.forEach(({ shape }, i) => {
    const input = inputs[i]!.shape
    if (!fits(shape, input)) throw new UserError(`${by}baseline ${i} has shape [${shape.join(', ')}], which cannot be broadcast to its input's, [${input.join(', ')}]`)
  })
  return baselines
}

/** Whether each axis, counted from the last, has the input's length or 1. */
function fits(shape: readonly number[], input: readonly number[]): boolean {
  return shape.length <= input.length && shape.toReversed().every((length, axis) => length === 1 || length === input.at(-1 - axis))
}
