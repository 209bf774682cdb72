import { createRequire } from 'node:module'
import { defineExtension, messageOf, UserError, type Backend } from '@touchstone/core'
import { engineMemory, openEngine, tf } from '@touchstone/tensor'
import { mendUtil } from './mend-util.js'

/** A package of TensorFlow.js for Node: it differs from the other by the library that it was built against. */
type NativePackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'

/** What tfjs's native backend tells of itself. */
interface NativeBackend {
  readonly binding: { readonly TF_Version: string }
  readonly isUsingGpuDevice: boolean
}

/** libtensorflow on the processor. */
export const tfjsNode = defineExtension({
  kind: 'backend',
  name: 'tfjs-node',
  summary: 'libtensorflow on the processor, on all of its cores, by @tensorflow/tfjs-node',
  traits: { speed: 30 },
  options: {},
  create: () => native('tfjs-node', '@tensorflow/tfjs-node'),
})

/** libtensorflow on an NVIDIA card. */
export const tfjsNodeGpu = defineExtension({
  kind: 'backend',
  name: 'tfjs-node-gpu',
  summary: 'libtensorflow on an NVIDIA card by CUDA, by @tensorflow/tfjs-node-gpu',
  traits: { speed: 300 },
  options: {},
  create: () => native('tfjs-node-gpu', '@tensorflow/tfjs-node-gpu'),
})

function native(name: 'tfjs-node' | 'tfjs-node-gpu', packageName: NativePackage): Backend {
  return {
    start: async () => {
      presetEnvironment()
      mendUtil()
      load(packageName)
      const engine = await openEngine({ backend: name })
      const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend
      if (name === 'tfjs-node-gpu' && !isUsingGpuDevice) throw new UserError(`${packageName} found no NVIDIA card that it can use: it needs a driver, CUDA and cuDNN as TensorFlow ${binding.TF_Version} wants them; docs/gpu.md tells which`)
      return { engine: { ...engine, version: `${engine.version} with TensorFlow ${binding.TF_Version}` }, memory: engineMemory() }
    },
  }
}

/** Settings that libtensorflow and CUDA read when they are loaded, where the person has not made them. */
function presetEnvironment(): void {
  const { env } = process
  // Its greeting, and the processor features that it would have been built with.
  env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  // The fast approximate products of newer cards, with 10 bits of mantissa, change a score in its third digit.
  env.NVIDIA_TF32_OVERRIDE ??= '0'
  // The same bits from one run to the next, so that what is kept is what would come again.
  env.TF_DETERMINISTIC_OPS ??= '1'
  // Otherwise one process takes all memory of a card for itself: workers beside it find none.
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
}

function load(packageName: NativePackage): void {
  const flag = packageName.endsWith('-gpu') ? ' --gpu' : ''
  const require = createRequire(import.meta.url)
  try {
    require.resolve(packageName)
  } catch {
    throw new UserError(`${packageName} is not installed: npm install --ignore-scripts ${packageName}@${tf.version_core}, then touchstone native install${flag}`)
  }
  try {
    // As CommonJS, which it is: so it takes the copy of tfjs-core that all else takes.
    require(packageName)
  } catch (error) {
    const said = messageOf(error)
    if (said.includes('tfjs_binding.node')) throw new UserError(`${packageName} has no native addon: touchstone native install${flag} builds one`)
    throw new UserError(`${packageName} does not load: ${said.split('\n', 1)[0]!}; touchstone native install${flag} builds its addon anew`)
  }
}
