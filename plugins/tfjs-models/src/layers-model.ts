import { Base, defineExtension, Engine, isUserError, messageOf, option, UserError, type Model } from '@touchstone/core'
import { modelFromLayers } from '@touchstone/network'
import { layers, tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { readLayersModel } from './read-layers-model.js'

/** A tf.LayersModel from disk: Keras models come to it by `tensorflowjs_converter`. A softmax at its end is separated, so that outputs are logits. */
export const layersModel = defineExtension({
  kind: 'model',
  name: 'layers-model',
  summary: 'A tfjs layers-model: model.json and its weight files',
  traits: { formats: ['tfjs layers-model'] },
  options: {
    path: option(z.string('expected the path of a model.json or its folder').check(z.minLength(1, 'expected the path of a model.json or its folder')), {
      summary: 'model.json or its folder; relative to the config',
    }),
  },
  // The engine is asked for so that it is ready before the first tensor.
  services: { engine: Engine, base: Base },
  create: async ({ path }, { base }): Promise<Model> => {
    const { default: nodePath } = await import('node:path')
    const file = nodePath.resolve(base.path, path)
    const artifacts = await readLayersModel(file)
    try {
      const model = await layers.loadLayersModel(tf.io.fromMemory(artifacts))
      return await modelFromLayers(model, { dispose: true })
    } catch (error) {
      throw isUserError(error) ? new UserError(`${file}: ${error.message}`) : new UserError(`${file}: cannot be built as a tfjs layers-model: ${messageOf(error).split('\n')[0]!}`)
    }
  },
})
