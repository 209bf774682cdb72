import { createNetwork, surrogate, type Network } from '@touchstone/network'

/** Networks of the same weights with smooth activations, each made once and kept until `dispose`. */
export interface SmoothNetworks {
  readonly of: (network: Network) => Network
  readonly dispose: () => void
}

/** @param beta how sharp the bends are: softplus(x) = log(1 + exp(beta x)) / beta in place of ReLU */
export function smoothNetworks(beta: number): SmoothNetworks {
  const made = new Map<Network, Network>()
  return {
    of: (network) => {
      let smooth = made.get(network)
      if (!smooth) {
        const { places, output } = network.graph
        made.set(network, (smooth = createNetwork(surrogate({ nodes: places.map(({ node }) => node), output }, { beta }))))
      }
      return smooth
    },
    dispose: () => {
      for (const network of made.values()) network.dispose()
      made.clear()
    },
  }
}
