import { UserError } from '@touchstone/core'
import type { layers, tf } from '@touchstone/tensor'
import type { LayersVariable } from './import/layers-model.js'
import type { Normalisation } from './graph/node.js'
import { graphOf, type Network } from './network.js'
import { mapWeights } from './transform/map-weights.js'

/**
 * A tf.LayersModel as it is saved, with the weights of another network of the same layers, such as one that was trained.
 *
 * @throws UserError where a weight of the model is none of the network's, as of a batch normalisation that was folded into another layer.
 */
export type LayersArtifacts = (network: Network) => Promise<tf.io.ModelArtifacts>

declare module '@touchstone/core' {
  interface Capabilities {
    /** How the model is saved as a tf.LayersModel, where it was made of one. */
    readonly layersArtifacts: LayersArtifacts
  }
}

/** The parts of a batch normalisation that are variables. */
const parts = ['mean', 'variance', 'gamma', 'beta'] as const

/** @param network what was made of the model, whose weights hold the arrays of the variables */
export function layersArtifacts(model: layers.LayersModel, variables: readonly LayersVariable[], network: Network): LayersArtifacts {
  const places = new Map<Float32Array, number>()
  mapWeights(graphOf(network), (weight, index) => {
    places.set(weight.data, index)
    return weight
  })
  const normalised = new Map<Float32Array, readonly [id: string, part: (typeof parts)[number]]>()
  for (const [id, normalisation] of normalisationsOf(network)) for (const part of parts) if (normalisation[part]) normalised.set(normalisation[part].data, [id, part])
  return async (other) => {
    const [size, others] = [variables.reduce((sum, { data }) => sum + data.length, 0), normalisationsOf(other)]
    const values = new Float32Array(size)
    let offset = 0
    for (const { name, data } of variables) {
      const [place, [id, part] = []] = [places.get(data), normalised.get(data)]
      const found = place === undefined ? id && part && others.get(id)?.[part]?.data : await other.weights[place]!.tensor.data()
      if (!found) throw new UserError(`weight "${name}" of the model is none of its network by itself, so the model cannot be saved with other weights: load it without foldBatchNorm`)
      values.set(found, offset)
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

/** By the names of the layers. */
function normalisationsOf(network: Network): ReadonlyMap<string, Normalisation> {
  return new Map(network.graph.places.flatMap(({ node }) => (node.op === 'batch-norm' && node.normalisation ? [[node.id, node.normalisation] as const] : [])))
}
