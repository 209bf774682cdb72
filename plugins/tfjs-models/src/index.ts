import { definePlugin } from '@touchstone/core'
import { cpu, wasm } from './backends.js'
import { graphModel } from './graph-model.js'
import { layersModel } from './layers-model.js'
import { untrained } from './untrained.js'

export { modelFromArtifacts, modelFromLayers } from '@touchstone/network'
export { graphModel } from './graph-model.js'
export { layersModel } from './layers-model.js'
export { readArtifacts } from './read-artifacts.js'
export { untrained } from './untrained.js'

/** TensorFlow.js classifiers, and the backends on which they run everywhere. */
export default definePlugin({ name: '@touchstone/tfjs-models', extensions: [layersModel, graphModel, untrained, wasm, cpu] })
