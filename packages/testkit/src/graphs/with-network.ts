import { createNetwork, type Graph, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { expect } from 'vitest'

/** Runs a check on the network of a graph, and frees what it made. The check fails where the method under test leaves tensors behind. */
export function withNetwork(graph: Graph, check: (network: Network) => void): void {
  const network = createNetwork(graph)
  const before = tf.memory().numTensors
  try {
    tf.tidy(() => {
      check(network)
    })
    expect(tf.memory().numTensors, 'tensors').toBe(before)
  } finally {
    network.dispose()
  }
}
