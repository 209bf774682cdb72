import type { Answer, ReferenceProblem } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Network } from './network.js'
import type { Targets } from './run/gradient.js'

declare module '@touchstone/core' {
  interface ReferenceProblem {
    /** The model's layers, by the names that the case gives them. */
    readonly network: Network
  }
}

/** Answers of a function of tensors that takes all inputs and rows of a reference problem at once: what looks at layers. */
export async function explainByTensors({ network, inputs, targets }: ReferenceProblem, map: (network: Network, x: readonly tf.Tensor[], targets: Targets) => readonly tf.Tensor[]): Promise<Answer> {
  const tensors = tf.tidy(() => [...map(network, inputs.map(({ shape, data }) => tf.tensor(data, [...shape])), targets)])
  try {
    return await Promise.all(tensors.map((tensor) => tensor.data()))
  } finally {
    tf.dispose(tensors)
  }
}
