import type { Model } from '@touchstone/core'
import type { tf } from '@touchstone/tensor'
import { graphFromArtifacts } from './import/graph-model.js'
import type { NetworkOptions } from './model-from-layers.js'
import { modelFromNetwork } from './model-from-network.js'
import { createNetwork } from './network.js'
import { foldBatchNorm } from './transform/fold-batch-norm.js'
import { separateLogits } from './transform/separate-logits.js'

/**
 * A tf.GraphModel as a Touchstone model, from its artifacts: what an `tf.io.IOHandler` loads. A softmax at its end is separated, so that outputs are
 * logits.
 *
 * @throws UserError where it is no classifier that can be evaluated, or has an operation that no network can have.
 */
export async function modelFromArtifacts(artifacts: tf.io.ModelArtifacts, options: NetworkOptions = {}): Promise<Model> {
  const { graph, outputs } = separateLogits(await graphFromArtifacts(artifacts))
  const network = createNetwork(options.foldBatchNorm ? foldBatchNorm(graph) : graph)
  try {
    return modelFromNetwork(network, { outputs, dispose: true })
  } catch (error) {
    network.dispose()
    throw error
  }
}
