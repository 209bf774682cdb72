import { Base, defineExtension, Engine, isUserError, messageOf, UserError, type Model } from '@touchstone/core'
import { modelFromArtifacts } from '@touchstone/network'
import { resolvePlace } from './files.js'
import { modelOptions } from './options.js'
import { readArtifacts } from './read-artifacts.js'

/** A tf.GraphModel from disk or the web, as `tensorflowjs_converter` makes it of a SavedModel or a frozen graph. A softmax at its end is separated. */
export const graphModel = defineExtension({
  kind: 'model',
  name: 'graph-model',
  summary: 'A tfjs graph-model: model.json and its weight files',
  traits: { formats: ['tfjs graph-model'] },
  options: modelOptions,
  // The engine is asked for so that it is ready before the first tensor.
  services: { engine: Engine, base: Base },
  create: async ({ path, foldBatchNorm }, { base }): Promise<Model> => {
    const { file, files, ...artifacts } = await readArtifacts(await resolvePlace(base.path, path), 'graph-model', base.files)
    try {
      return { ...(await modelFromArtifacts(artifacts, { foldBatchNorm })), ...(files && { files }) }
    } catch (error) {
      throw new UserError(isUserError(error) ? `${file}: ${error.message}` : `${file}: cannot be read as a tfjs graph-model: ${messageOf(error).split('\n')[0]!}`)
    }
  },
})
