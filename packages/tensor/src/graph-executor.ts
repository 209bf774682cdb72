import { io } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** A graph-model that TensorFlow.js itself runs, operation by operation. */
export interface GraphExecutor {
  /**
   * The value of one node for given values of others, by their names. The caller owns the tensor; everything in between is freed.
   * Waits only where the graph has control flow or shapes that depend on values.
   */
  readonly run: (inputs: Readonly<Record<string, Tensor>>, output: string) => Promise<Tensor>
  /** Gives the memory of the weights back. */
  readonly dispose: () => void
}

/**
 * Loads a tf.GraphModel into TensorFlow.js's own executor. For predictions alone: its gradients are tfjs's.
 * The executor is code of its own, and comes with the first call.
 */
export async function openGraphExecutor(artifacts: io.ModelArtifacts): Promise<GraphExecutor> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter')
  // tfjs trips over a topology that does not say which version made it.
  const modelTopology = { versions: { producer: 0 }, ...artifacts.modelTopology as Readonly<Record<string, unknown>> }
  const model = await loadGraphModel(io.fromMemory({ ...artifacts, modelTopology }))
  let waits = false
  return {
    run: async (inputs, output) => {
      if (!waits) {
        try {
          return model.execute({ ...inputs }, output) as Tensor
        } catch (error) {
          // tfjs tells only by refusing.
          if (!(error instanceof Error && error.message.includes('executeAsync'))) throw error
          waits = true
        }
      }
      return await model.executeAsync({ ...inputs }, output) as Tensor
    },
    dispose: () => { model.dispose() },
  }
}
