import type { SamplerContext } from '@touchstone/core'
import { inputGradient, networkOf } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { shareOf } from './share.js'

/** How far the last bias alone may move the logit in a step, as a share of delta: with all other weights that is slow enough to stay in the band. */
const part = 1e-3
/** Where the logit hardly moves at all. */
const most = 1e-3

/**
 * The rate of Adam where none is given: with steps of about the rate in every weight, a step along the gradient moves the logit in proportion to it, to how steep F_y is and to how many
 * values there are, and must not jump across the band of delta. Digits have some 4e-4 by it, pictures of 32 x 32 some 1e-5, where ten times as much does not settle:
 *
 *     rate = min(1e-3, 1e-3 delta / sum_i |dF_y/dx_i| (high - low) s_i (1 - s_i))      s_i = where x_i lies in the range, as the generator starts
 */
export async function usualRate({ model, example, target, dataset: { range } }: SamplerContext, delta: number): Promise<number> {
  const network = networkOf(model)
  const gradient = tf.tidy(() => inputGradient(network, tf.tensor(example.input, [1, ...network.inputShape]), [target]))
  const slopes = await gradient.data()
  gradient.dispose()
  const reach = example.input.reduce((sum, value, i) => {
    const share = shareOf(value, range)
    return sum + Math.abs(slopes[i]!) * (range.high - range.low) * share * (1 - share)
  }, 0)
  return reach > 0 ? Math.min(most, (part * delta) / reach) : most
}
