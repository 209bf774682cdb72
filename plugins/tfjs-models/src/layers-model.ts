import { Base, defineExtension, Engine, isUserError, messageOf, UserError, type Model } from '@touchstone/core'
import { modelFromLayers } from '@touchstone/network'
import { layers, tf } from '@touchstone/tensor'
import { resolvePlace } from './files.js'
import { modelOptions } from './options.js'
import { readArtifacts } from './read-artifacts.js'

/** A tf.LayersModel from disk or the web: Keras models come to it by `tensorflowjs_converter`. A softmax at its end is separated, so that outputs are logits. */
export const layersModel = defineExtension({
  kind: 'model',
  name: 'layers-model',
  summary: 'A tfjs layers-model: model.json and its weight files',
  traits: { formats: ['tfjs layers-model'] },
  options: modelOptions,
  // The engine is asked for so that it is ready before the first tensor.
  services: { engine: Engine, base: Base },
  create: async ({ path, foldBatchNorm }, { base }): Promise<Model> => {
    const { file, files, ...artifacts } = await readArtifacts(await resolvePlace(base.path, path), 'layers-model', base.files)
    try {
      const model = await layers.loadLayersModel(tf.io.fromMemory(artifacts))
      return { ...(await modelFromLayers(model, { dispose: true, foldBatchNorm })), ...(files && { files }) }
    } catch (error) {
      throw isUserError(error) ? new UserError(`${file}: ${error.message}`) : new UserError(`${file}: cannot be built as a tfjs layers-model: ${messageOf(error).split('\n')[0]!}`)
    }
  },
})
