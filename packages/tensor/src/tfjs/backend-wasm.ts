import type * as package_ from '@tensorflow/tfjs-backend-wasm'
import { requirePackage } from './require-package.js'

/** All of @tensorflow/tfjs-backend-wasm, for Node. */
export const {
  BackendWasm, getThreadsCount, setThreadsCount, setWasmPath, setWasmPaths, version_wasm,
} = requirePackage<typeof package_>('@tensorflow/tfjs-backend-wasm')
