import { defineExtension, type Backend } from '@touchstone/core'
import { engineMemory, openEngine, openedEngine } from '@touchstone/tensor'

/** TensorFlow.js's WebAssembly backend with Touchstone's kernels. The same bits on every machine, for any batch size. */
export const wasm = defineExtension({
  kind: 'backend',
  name: 'wasm',
  summary: "WebAssembly with vector instructions, in Node and browsers: TensorFlow.js's backend with kernels of our own; equal to the bit on all machines",
  traits: { speed: 10 },
  options: {},
  create: () => tfjsBackend('wasm'),
})

/** TensorFlow.js in plain JavaScript: slow, for where there is no WebAssembly. */
export const cpu = defineExtension({
  kind: 'backend',
  name: 'cpu',
  summary: 'plain JavaScript, where there is no WebAssembly with vector instructions: slow',
  traits: { speed: 1 },
  options: {},
  create: () => tfjsBackend('cpu'),
})

function tfjsBackend(backend: 'wasm' | 'cpu'): Backend {
  return {
    // Where nobody said otherwise, what the caller's own code has opened is what computes.
    start: async (wanted) => ({ engine: await ((wanted ? undefined : openedEngine()) ?? openEngine({ backend })), memory: engineMemory() }),
  }
}
