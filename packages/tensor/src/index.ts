/**
 * The one door to TensorFlow.js. All other packages take `tf` and `layers` from here, so that there is one copy, one backend and one set of
 * kernels.
 *
 * @packageDocumentation
 */
import * as tf from '#tfjs/core'
import * as layers from '#tfjs/layers'

export { layers, tf }
export { openEngine, openedEngine } from './engine.js'
export type { Engine, EngineBackend, EngineName, EngineOptions, WasmFile } from './engine.js'
export { engineMemory } from './engine-memory.js'
export { leakyReluGradient } from './gradients/rectifiers.js'
export { smoothRelu, smoothReluGradient } from './gradients/smooth-relu.js'
export type { SmoothRelu } from './gradients/smooth-relu.js'
export { heapValues } from './heap-values.js'
export { inOnePass } from './in-one-pass.js'
export type { OnePassKernels } from './in-one-pass.js'
export { openGraphExecutor } from './graph-executor.js'
export type { GraphExecutor } from './graph-executor.js'
