import { definePlugin, Engine, Memory, provide } from '@touchstone/core'
import { engineMemory, openEngine } from '@touchstone/tensor'
import { graphModel } from './graph-model.js'
import { layersModel } from './layers-model.js'
import { untrained } from './untrained.js'

export { modelFromArtifacts, modelFromLayers } from '@touchstone/network'
export { graphModel } from './graph-model.js'
export { layersModel } from './layers-model.js'
export { readArtifacts } from './read-artifacts.js'
export { untrained } from './untrained.js'

/** TensorFlow.js classifiers, and the engine they run on. */
export default definePlugin({ name: '@touchstone/tfjs-models', extensions: [layersModel, graphModel, untrained], services: [provide(Engine, () => openEngine()), provide(Memory, () => engineMemory(), { engine: Engine })] })
