import { sizeOf, type Rows, type SideTask } from '@touchstone/core'
import { heapValues, openEngine, tf } from '@touchstone/tensor'
import type { Graph } from '../graph/node.js'
import { createNetwork, type Network } from '../network.js'
import { inputGradient } from '../run/gradient.js'

/** Rows of which a side thread gives gradients, and then derivatives of what became of those. */
export interface GradientPart {
  /** Which network, and its layers where the thread has not seen it yet. */
  readonly network: number
  readonly graph?: Graph
  readonly rows: Rows
  readonly targets: readonly number[]
}

/** How many rows go through the network at once. */
const rowsAtOnce = 64

const networks = new Map<number, Network>()

/**
 * dF_y / dx of each row, which it hands over; and, of the signal v that it gets for them, d(sum v dF_y / dx) / dx of each row. Rows are independent, so the numbers do
 * not depend on which rows are together.
 */
const gradientPart: SideTask = async (task, ask) => {
  const { network: key, graph, rows, targets } = task as GradientPart
  await openEngine({ backend: 'wasm' })
  if (graph) {
    networks.get(key)?.dispose()
    networks.set(key, createNetwork(graph))
  }
  const network = networks.get(key)!
  const size = sizeOf(network.inputShape)
  const starts = Array.from({ length: Math.ceil(targets.length / rowsAtOnce) }, (_, i) => i * rowsAtOnce)
  const result = tf.tidy(() => {
    const chunks = starts.map((from) => {
      const to = Math.min(from + rowsAtOnce, targets.length)
      return tf.tensor(rows.data.subarray(from * size, to * size), [to - from, ...network.inputShape])
    })
    const gradients = tf.grads((...zs: tf.Tensor[]) => {
      const parts = zs.map((z, i) => inputGradient(network, z, targets.slice(starts[i], starts[i]! + rowsAtOnce)))
      return asked(parts.length === 1 ? parts[0]! : tf.concat(parts), ask)
    })(chunks)
    return gradients.length === 1 ? gradients[0]! : tf.concat(gradients)
  })
  try {
    return Float32Array.from(await result.data<'float32'>())
  } finally {
    result.dispose()
  }
}

/** A number whose gradient by `values` is what is answered to them. */
function asked(values: tf.Tensor, ask: (values: unknown) => unknown): tf.Tensor {
  const run = tf.customGrad((...args) => {
    const given = args[0] as tf.Tensor
    const signal = ask(heapValues(given)) as Float32Array
    return { value: tf.scalar(0), gradFunc: () => tf.tensor(signal, given.shape) }
  })
  return run(values)
}

export default gradientPart
