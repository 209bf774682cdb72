import { defineExtension, messageOf, UserError } from '@touchstone/core'
import { engineMemory, openEngine } from '@touchstone/tensor'
import { adapterOf, lacksCard, type Adapter } from './adapter.js'

/** WebGPU on a graphics card. */
export const webgpu = defineExtension({
  kind: 'backend',
  name: 'webgpu',
  summary: 'a graphics card by WebGPU, in browsers and in Node, by @tensorflow/tfjs-backend-webgpu',
  traits: { speed: 100 },
  options: {},
  create: () => ({
    start: async (wanted) => {
      if (!wanted && lacksCard()) throw new UserError('there is no graphics card: Linux shows none')
      const adapter = await adapterOf()
      const name = nameOf(adapter)
      if (!wanted && isSoftware(adapter)) throw new UserError(`there is no graphics card that it can use: "${name}" computes on the processor`)
      await load()
      const engine = await openEngine({ backend: 'webgpu' })
      return { engine: { ...engine, version: `${engine.version} on ${name}` }, memory: engineMemory() }
    },
  }),
})

function nameOf({ info }: Adapter): string {
  return [info.vendor, info.description === '' ? info.architecture : info.description].filter((word) => word !== '').join(' ')
}

function isSoftware({ info, isFallbackAdapter }: Adapter): boolean {
  return info.isFallbackAdapter === true || isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${info.architecture} ${info.description} ${info.device}`)
}

async function load(): Promise<void> {
  try {
    await import('@tensorflow/tfjs-backend-webgpu')
  } catch (error) {
    throw new UserError(`@tensorflow/tfjs-backend-webgpu does not load (${messageOf(error).split('\n', 1)[0]!}): npm install @tensorflow/tfjs-backend-webgpu@4.22.0`)
  }
}
