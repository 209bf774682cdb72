import { definePlugin, Engine, provide } from '@touchstone/core'
import { openEngine } from '@touchstone/tensor'
import { layersModel } from './layers-model.js'

export { modelFromLayers } from '@touchstone/network'
export { layersModel } from './layers-model.js'
export { readLayersModel } from './read-layers-model.js'

/** TensorFlow.js classifiers, and the engine they run on. */
export default definePlugin({ name: '@touchstone/tfjs-models', extensions: [layersModel], services: [provide(Engine, () => openEngine())] })
