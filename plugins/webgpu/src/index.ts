import { definePlugin } from '@touchstone/core'
import { webgpu } from './backend.js'

/** Evaluations on WebGPU: in browsers that have it, and in Node by Dawn. */
export default definePlugin({ name: '@touchstone/webgpu', extensions: [webgpu] })
