import { UserError } from '@touchstone/core'
import type { layers, tf } from '@touchstone/tensor'
import type { LayersVariable } from './import/layers-model.js'
import { graphOf, type Network } from './network.js'
import { mapWeights } from './transform/map-weights.js'

/**
 * A tf.LayersModel as it is saved, with the weights of another network of the same layers, such as one that was trained.
 *
 * @throws UserError where a weight of the model is none of the network's, as those of a batch normalisation.
 */
export type LayersArtifacts = (network: Network) => Promise<tf.io.ModelArtifacts>

declare module '@touchstone/core' {
  interface Capabilities {
    /** How the model is saved as a tf.LayersModel, where it was made of one. */
    readonly layersArtifacts: LayersArtifacts
  }
}

/** @param network what was made of the model, whose weights hold the arrays of the variables */
export function layersArtifacts(model: layers.LayersModel, variables: readonly LayersVariable[], network: Network): LayersArtifacts {
  const places = new Map<Float32Array, number>()
  mapWeights(graphOf(network), (weight, index) => {
    places.set(weight.data, index)
    return weight
  })
  return async ({ weights }) => {
    const size = variables.reduce((sum, { data }) => sum + data.length, 0)
    const values = new Float32Array(size)
    let offset = 0
    for (const { name, data } of variables) {
      const place = places.get(data)
      if (place === undefined) throw new UserError(`weight "${name}" of the model is none of its network by itself, so the model cannot be saved with other weights: use layers without batch normalisation`)
      values.set(await weights[place]!.tensor.data(), offset)
      offset += data.length
    }
    return {
      format: 'layers-model',
      modelTopology: model.toJSON(null, false),
      weightSpecs: variables.map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' })),
      weightData: values.buffer,
    }
  }
}
