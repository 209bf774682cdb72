import { breathe, sliceRows, UserError, type Attributer, type Model, type Rows } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { stillWorks } from './graph/graph-error.js'
import type { Network } from './network.js'

/** dF_y / dx of each row of a batch, `inputGradient` or what stands for it. */
export type RowGradient = (network: Network, x: tf.Tensor, targets: readonly number[]) => tf.Tensor

/**
 * An attribution method as a pure, synchronous tensor function: maps in the shape of `x`, one per row. What can be differentiated again.
 *
 * One that takes gradients of many rows for a map takes them by `gradient` where that is given, so that they can be shared out (mapGradient): always the same
 * rows of the same network, which do not depend on gradients.
 */
export type TensorMap = (network: Network, x: tf.Tensor, targets: readonly number[], gradient?: RowGradient) => tf.Tensor

declare module '@touchstone/core' {
  interface Attributer {
    /** The method as one tensor function, where it is one: what attacks on attributions differentiate. */
    readonly map?: TensorMap
  }
}

/** A method that adds up tensor maps: `finish(x, sum over i of step(i))`. Integrated gradients takes a step per point of its path. */
export interface SteppedMap {
  readonly count: number
  readonly step: (network: Network, x: tf.Tensor, targets: readonly number[], index: number) => tf.Tensor
  /** The sum itself where it is left out. */
  readonly finish?: (x: tf.Tensor, sum: tf.Tensor) => tf.Tensor
}

/** The synchronous face of a stepped method: one tensor function. */
export function tensorMapOf({ count, step, finish = (_x, sum) => sum }: SteppedMap): TensorMap {
  return (network, x, targets) =>
    tf.tidy(() => {
      let sum = step(network, x, targets, 0)
      for (let index = 1; index < count; index++) sum = tf.add(sum, step(network, x, targets, index))
      return finish(x, sum)
    })
}

/**
 * The asynchronous face of a method that is a tensor function, or a sum of them: what an attributer's `create` returns.
 *
 * Rows go through in chunks of `batchRows`, one step at a time; sums over steps are kept in double precision, in order, so that no map
 * depends on the chunks. Between steps other work may run, and a stop is heeded.
 *
 * @param fits throws a UserError where the method does not fit a network
 * @throws UserError for a model without a network.
 */
export function attributerFromMap(method: TensorMap | SteppedMap, fits?: (network: Network) => void): Attributer {
  const { count, step, finish }: SteppedMap = typeof method === 'function' ? { count: 1, step: (network, x, targets) => method(network, x, targets) } : method
  const chunk = async (network: Network, rows: Rows, targets: readonly number[], signal: AbortSignal | undefined): Promise<Float32Array> => {
    const x = tf.tensor(rows.data, [...rows.shape])
    try {
      const sum = count > 1 ? new Float64Array(rows.data.length) : undefined
      let last: Float32Array = rows.data
      for (let index = 0; index < count; index++) {
        await breathe(signal)
        last = await read(() => step(network, x, targets, index))
        if (sum) for (let i = 0; i < last.length; i++) sum[i]! += last[i]!
      }
      const total = sum ? Float32Array.from(sum) : last
      return finish ? await read(() => finish(x, tf.tensor(total, [...rows.shape]))) : total
    } finally {
      x.dispose()
    }
  }
  return {
    map: typeof method === 'function' ? method : tensorMapOf(method),
    fits: (model) => {
      const network = networkOf(model)
      fits?.(network)
    },
    attribute: async ({ model, inputs, targets, batchRows, signal }) => {
      const network = networkOf(model)
      const count = inputs.shape[0] ?? 0
      const data = new Float32Array(inputs.data.length)
      const rowSize = count > 0 ? data.length / count : 0
      for (let from = 0; from < count; from += batchRows) {
        const to = Math.min(from + batchRows, count)
        data.set(await chunk(network, sliceRows(inputs, from, to), targets.slice(from, to), signal), from * rowSize)
      }
      return { shape: inputs.shape, data }
    },
  }
}

/**
 * The model's network.
 * @throws UserError where its layers are not visible, or its outputs are probabilities.
 */
export function networkOf(model: Model): Network {
  const { network, networkMissing } = model.capabilities
  if (network) return network
  if (networkMissing !== undefined) throw new UserError(`this method needs the layers of the model, but ${networkMissing}; ${stillWorks}`)
  throw new UserError(
    model.outputs === 'probabilities'
      ? 'this method explains logits, but the model gives probabilities: end it with softmax (which is separated) or linear'
      : `this method needs the gradient of the model, which it does not offer: use a model with a network, such as layers-model; ${stillWorks}`,
  )
}

async function read(make: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(make)
  try {
    return (await tensor.data()) as Float32Array
  } finally {
    tensor.dispose()
  }
}
