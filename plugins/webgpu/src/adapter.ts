import { messageOf, UserError } from '@touchstone/core'

/** The part of WebGPU that is used here; its types are the DOM's. */
export interface Adapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string; readonly isFallbackAdapter?: boolean }
  readonly isFallbackAdapter?: boolean
}

interface Gpu {
  readonly requestAdapter: (options?: { readonly powerPreference?: 'high-performance' }) => Promise<Adapter | null>
}

/** The package `webgpu`: Dawn, the implementation of Chromium, for Node. */
interface Dawn {
  readonly create: (flags: readonly string[]) => Gpu
  readonly globals: object
}

/** Which card WebGPU takes. @throws UserError where there is none. */
export async function adapterOf(): Promise<Adapter> {
  const gpu = (globalThis.navigator as { readonly gpu?: Gpu } | undefined)?.gpu ?? (await dawn())
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw new UserError(runsInNode() ? 'WebGPU finds no graphics card: Dawn needs a Vulkan driver and libvulkan.so.1, as by apt-get install libvulkan1' : 'WebGPU finds no graphics card in this browser')
  return adapter
}

/** What Linux shows of graphics cards, NVIDIA's, WSL's and those of telephones among them. */
const devices = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg', '/dev/kgsl-3d0', '/dev/mali0']

/** Whether this is a Linux without a graphics card: there Dawn would be loaded in vain, and it and the drivers print warnings of their own. */
export function lacksCard(): boolean {
  const { process } = globalThis as NodeLike
  if (process?.platform !== 'linux') return false
  const files = process.getBuiltinModule?.('node:fs') as { readonly existsSync: (path: string) => boolean } | undefined
  return files !== undefined && !devices.some((device) => files.existsSync(device))
}

interface NodeLike {
  readonly process?: { readonly platform?: string; readonly versions?: { readonly node?: string }; readonly getBuiltinModule?: (name: string) => unknown }
}

/** Puts Dawn where browsers have WebGPU. */
async function dawn(): Promise<Gpu> {
  if (!runsInNode()) throw new UserError('this browser has no WebGPU')
  const { create, globals } = await load()
  Object.assign(globalThis, globals)
  // tfjs asks for the kind of browser.
  const navigator = { gpu: create([]), userAgent: 'node', hardwareConcurrency: 1 }
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true })
  return navigator.gpu
}

async function load(): Promise<Dawn> {
  try {
    // Not bundled for browsers, which have no use for it.
    return (await import(/* @vite-ignore */ ['webgpu'].join(''))) as Dawn
  } catch (error) {
    throw new UserError(`WebGPU in Node needs the package webgpu (${messageOf(error).split('\n', 1)[0]!}): npm install --ignore-scripts webgpu@0.6.2`)
  }
}

function runsInNode(): boolean {
  return (globalThis as NodeLike).process?.versions?.node !== undefined
}
