import '#tfjs/backend-cpu'
import { setWasmPaths } from '#tfjs/backend-wasm'
import { backend as backendInUse, enableProdMode, env, findBackendFactory, registerBackend, removeBackend, setBackend, version_core } from '#tfjs/core'
// Brings tfjs's gradients with it: tfjs-core by itself has none.
import '#tfjs/layers'
import { UserError } from '@touchstone/core'
import { installGradients } from './gradients/index.js'
import { cpuKernels, guardHeapEnd, installKernels, nativeKernels, wasmKernels, webglKernels, webgpuKernels } from './kernels/index.js'
import type { KernelDefinition, WasmBackend } from './kernels/index.js'
import { installAdam } from './optimizers/adam.js'

/** How to start TensorFlow.js. */
export interface EngineOptions {
  /**
   * Which of tfjs's backends computes: `wasm`, the slow `cpu`, or `auto` (the default), which is wasm and, where that cannot start, cpu. The others compute with tfjs's own
   * kernels, `webgl` and `webgpu` on a graphics card, `tfjs-node` and `tfjs-node-gpu` by libtensorflow; whoever asks for one has imported its package, as in
   * `import '@tensorflow/tfjs-backend-webgl'`.
   */
  readonly backend?: 'auto' | EngineBackend
  /**
   * Where tfjs's .wasm files lie, for bundlers and browsers: the URL or path of their folder, ending in `/`, or one for each file by its name.
   * Default: beside tfjs's own code.
   */
  readonly wasmPaths?: string | Readonly<Record<WasmFile, string>>
  /** `touchstone` (the default) completes, mends and speeds up tfjs's kernels and gradients; `stock` leaves them as they are. */
  readonly kernels?: 'touchstone' | 'stock'
}

/** A backend of tfjs that Touchstone knows. */
export type EngineBackend = 'wasm' | 'cpu' | 'webgl' | 'webgpu' | 'tfjs-node' | 'tfjs-node-gpu'

/** The binaries of tfjs's wasm backend. */
export type WasmFile = 'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm' | 'tfjs-backend-wasm-threaded-simd.wasm'

/** The engine that a backend gives, as results name it. */
export type EngineName = 'tfjs-wasm' | 'tfjs-cpu' | 'tfjs-webgl' | 'tfjs-webgpu' | 'tfjs-node' | 'tfjs-node-gpu'

/** What computes. The same engine computes the same bits. */
export interface Engine {
  readonly name: EngineName
  /** TensorFlow.js's version. */
  readonly version: string
  /** The version of our set of kernels and gradients, or `stock`. */
  readonly kernels: string
  /** Why wasm could not start, where cpu stands in for it. */
  readonly fallback?: string
}

/** Counts up with every change of a kernel or gradient that may change a bit of a result. */
const kernelSetVersion = '7'

let opened: Promise<Engine> | undefined

/** The engine of this process or worker, if one was opened. */
export function openedEngine(): Promise<Engine> | undefined {
  return opened
}

/**
 * Starts TensorFlow.js: chooses the backend, installs our kernels and gradients, and silences tfjs's greeting. There is one engine in a process
 * (or worker); further calls, at the same time or later, give the same one.
 *
 * @throws UserError when the backend cannot start, or when an engine other than the one asked for is open already
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  if (opened === undefined) {
    const opening = start(options)
    opened = opening
    opening.catch(() => { opened = undefined })
    return opening
  }
  const engine = await opened
  const { backend = 'auto', kernels } = options
  const sameBackend = backend === 'auto' || engine.name === backends[backend].engine
  const sameKernels = kernels === undefined || (kernels === 'stock') === (engine.kernels === 'stock')
  if (!sameBackend || !sameKernels) {
    throw new UserError(`The engine is open already, with backend ${engine.name} and kernels ${engine.kernels}; a process has only one`)
  }
  return engine
}

async function start({ backend = 'auto', wasmPaths, kernels = 'touchstone' }: EngineOptions): Promise<Engine> {
  // All that this mode does is to mute tfjs's log: the greeting on the cpu backend's first use, and warnings that we report ourselves.
  enableProdMode()
  const failure = await startBackend(backend === 'auto' ? 'wasm' : backend, wasmPaths, kernels)
  if (failure !== undefined && backend !== 'auto') throw new UserError(`TensorFlow.js's ${backend} backend could not start: ${failure}`)
  const name = failure !== undefined ? 'cpu' : backend === 'auto' ? 'wasm' : backend
  if (failure !== undefined) await setBackend('cpu')
  if (kernels === 'touchstone') {
    installKernels(backends[name].kernels, backends[name].tfjs)
    if (name === 'wasm') guardHeapEnd(backendInUse() as unknown as WasmBackend)
    installGradients()
    installAdam()
  }
  return Object.freeze({
    name: backends[name].engine,
    version: version_core,
    kernels: kernels === 'stock' ? 'stock' : kernelSetVersion,
    ...failure !== undefined && { fallback: failure },
  })
}

/** By backend: its name in tfjs, the package that brings it, the engine it makes, and what we put in the place of its kernels. */
const backends = {
  wasm: { tfjs: 'wasm', package: '@tensorflow/tfjs-backend-wasm', engine: 'tfjs-wasm', kernels: wasmKernels },
  cpu: { tfjs: 'cpu', package: '@tensorflow/tfjs-backend-cpu', engine: 'tfjs-cpu', kernels: cpuKernels },
  webgl: { tfjs: 'webgl', package: '@tensorflow/tfjs-backend-webgl', engine: 'tfjs-webgl', kernels: webglKernels },
  webgpu: { tfjs: 'webgpu', package: '@tensorflow/tfjs-backend-webgpu', engine: 'tfjs-webgpu', kernels: webgpuKernels },
  'tfjs-node': { tfjs: 'tensorflow', package: '@tensorflow/tfjs-node', engine: 'tfjs-node', kernels: nativeKernels },
  'tfjs-node-gpu': { tfjs: 'tensorflow', package: '@tensorflow/tfjs-node-gpu', engine: 'tfjs-node-gpu', kernels: nativeKernels },
} as const satisfies Record<EngineBackend, { readonly tfjs: string, readonly package: string, readonly engine: EngineName, readonly kernels: readonly KernelDefinition[] }>

/** Makes it the backend, or says why that is not possible. */
async function startBackend(name: EngineBackend, wasmPaths: EngineOptions['wasmPaths'], kernels: NonNullable<EngineOptions['kernels']>): Promise<string | undefined> {
  if (name === 'wasm') return startWasm(wasmPaths, kernels)
  // The type leaves out that there may be none.
  if ((findBackendFactory(backends[name].tfjs) as unknown) === null) {
    return `it is not loaded: import '${backends[name].package}' before the engine is opened, of the same version as @tensorflow/tfjs-core, ${version_core}, and beside it, so that there is one copy of that`
  }
  return startRegistered(backends[name].tfjs)
}

/** Makes wasm the backend, or says why that is not possible. */
async function startWasm(wasmPaths: EngineOptions['wasmPaths'], kernels: EngineOptions['kernels']): Promise<string | undefined> {
  // tfjs's threaded build starts its threads from the text of its own functions. Where a bundler has shortened their names the threads fail, and an
  // isolated page, for which tfjs would choose that build, waits for ever.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (kernels !== 'stock' && !await env().getAsync('WASM_HAS_SIMD_SUPPORT')) return 'WebAssembly has no vector instructions (SIMD) here'
  if (wasmPaths !== undefined) {
    const missing = missingInNode(await wasmFileAt(wasmPaths))
    if (missing !== undefined) return `there is no file ${missing}`
    setWasmPaths(wasmPaths)
  }
  return startRegistered('wasm')
}

async function startRegistered(name: string): Promise<string | undefined> {
  const create = findBackendFactory(name)
  let reason = 'no reason given'
  // tfjs logs the reason why a backend does not start and answers no more than `false`.
  removeBackend(name)
  registerBackend(name, async () => {
    try {
      return await create()
    } catch (error) {
      reason = messageOf(error)
      throw error
    }
  }, 2)
  return await setBackend(name) ? undefined : reason
}

/** The one of the wasm files that tfjs will load. */
async function wasmFileAt(wasmPaths: NonNullable<EngineOptions['wasmPaths']>): Promise<string> {
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT')
  const file = simd ? 'tfjs-backend-wasm-simd.wasm' : 'tfjs-backend-wasm.wasm'
  return typeof wasmPaths === 'string' ? wasmPaths + file : wasmPaths[file]
}

interface NodeLike {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown }
  readonly URL: new (url: string) => object
}

/**
 * In Node, a missing wasm file makes emscripten abort, with a message on stderr and a reason that tells nothing. So it is looked for before.
 * Elsewhere the file is fetched, which fails with a reason of its own.
 *
 * @returns the path, if this is Node and there is no such file
 */
function missingInNode(path: string): string | undefined {
  const { process, URL } = globalThis as unknown as NodeLike
  const files = process?.getBuiltinModule?.('fs') as { existsSync: (path: string | object) => boolean } | undefined
  const exists = files?.existsSync(path.startsWith('file:') ? new URL(path) : path) ?? true
  return exists ? undefined : path
}

function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return String(message)
}
