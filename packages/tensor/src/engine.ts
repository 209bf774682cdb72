import '#tfjs/backend-cpu'
import { setWasmPaths } from '#tfjs/backend-wasm'
import { backend as backendInUse, enableProdMode, env, findBackendFactory, registerBackend, removeBackend, setBackend, version_core } from '#tfjs/core'
// Brings tfjs's gradients with it: tfjs-core by itself has none.
import '#tfjs/layers'
import { UserError } from '@touchstone/core'
import { installGradients } from './gradients/index.js'
import { cpuKernels, guardHeapEnd, installKernels, wasmKernels } from './kernels/index.js'
import type { WasmBackend } from './kernels/index.js'
import { installAdam } from './optimizers/adam.js'

/** How to start TensorFlow.js. */
export interface EngineOptions {
  /**
   * Which of tfjs's backends computes: `wasm`, the slow `cpu`, or `auto` (the default), which is wasm and, where that cannot start, cpu. `webgl` and `webgpu` compute on
   * the graphics card of a browser, with tfjs's own kernels; whoever asks for one has imported its package, as in `import '@tensorflow/tfjs-backend-webgl'`.
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
export type EngineBackend = 'wasm' | 'cpu' | 'webgl' | 'webgpu'

/** The binaries of tfjs's wasm backend. */
export type WasmFile = 'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm' | 'tfjs-backend-wasm-threaded-simd.wasm'

/** What computes. The same engine computes the same bits. */
export interface Engine {
  readonly name: `tfjs-${EngineBackend}`
  /** TensorFlow.js's version. */
  readonly version: string
  /** The version of our set of kernels and gradients, or `stock`. */
  readonly kernels: string
  /** Why wasm could not start, where cpu stands in for it. */
  readonly fallback?: string
}

/** Counts up with every change of a kernel or gradient that may change a bit of a result. */
const kernelSetVersion = '3'

let opened: Promise<Engine> | undefined

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
  const sameBackend = backend === 'auto' || engine.name === `tfjs-${backend}`
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
    installKernels(ownKernels[name], name)
    if (name === 'wasm') guardHeapEnd(backendInUse() as unknown as WasmBackend)
    installGradients()
    installAdam()
  }
  return Object.freeze({
    name: `tfjs-${name}` as const,
    version: version_core,
    kernels: kernels === 'stock' ? 'stock' : kernelSetVersion,
    ...failure !== undefined && { fallback: failure },
  })
}

/** What we put in the place of each backend's kernels. */
const ownKernels = { wasm: wasmKernels, cpu: cpuKernels, webgl: [], webgpu: [] } as const satisfies Record<EngineBackend, unknown>

/** Makes it the backend, or says why that is not possible. */
async function startBackend(name: EngineBackend, wasmPaths: EngineOptions['wasmPaths'], kernels: NonNullable<EngineOptions['kernels']>): Promise<string | undefined> {
  if (name === 'wasm') return startWasm(wasmPaths, kernels)
  // The type leaves out that there may be none.
  if ((findBackendFactory(name) as unknown) === null) return `it is not loaded: import '@tensorflow/tfjs-backend-${name}' before the engine is opened`
  return startRegistered(name)
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

async function startRegistered(name: EngineBackend): Promise<string | undefined> {
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
