import type { Model } from '@touchstone/core'
import type { tf } from '@touchstone/tensor'
import { UnsupportedLayerError } from './graph/graph-error.js'
import { graphFromArtifacts } from './import/graph-model.js'
import type { NetworkOptions } from './model-from-layers.js'
import { modelFromNetwork } from './model-from-network.js'
import { createNetwork } from './network.js'
import { opaqueGraphModel } from './opaque-graph-model.js'
import { foldBatchNorm } from './transform/fold-batch-norm.js'
import { separateLogits } from './transform/separate-logits.js'

/**
 * A tf.GraphModel as a Touchstone model, from its artifacts: what an `tf.io.IOHandler` loads. A softmax at its end is separated, so that outputs are
 * logits. An operation that no network can have leaves a model that predicts, run by TensorFlow.js itself, and says in `capabilities.networkMissing` why it does
 * no more.
 *
 * @throws UserError where it is no classifier that can be evaluated, or TensorFlow.js cannot run it either.
 */
export async function modelFromArtifacts(artifacts: tf.io.ModelArtifacts, options: NetworkOptions = {}): Promise<Model> {
  const read = await graphFromArtifacts(artifacts).catch((error: unknown) => {
    if (error instanceof UnsupportedLayerError) return error
    throw error
  })
  if (read instanceof UnsupportedLayerError) return await opaqueGraphModel(artifacts, read.problem)
  const { graph, outputs } = separateLogits(read)
  const network = createNetwork(options.foldBatchNorm ? foldBatchNorm(graph) : graph)
  try {
    return modelFromNetwork(network, { outputs, dispose: true })
  } catch (error) {
    network.dispose()
    throw error
  }
}
