import { createToken } from './token.js'

/** The numerical engine that model rows run on: part of every result, since results may depend on it. */
export interface EngineInfo {
  /** As in `tfjs-wasm`. */
  readonly name: string
  readonly version: string
  /** The version of Touchstone's own kernels in it, or `stock`. */
  readonly kernels: string
  /** Why a better engine was not taken, where that is so. */
  readonly fallback?: string
}

/** Short messages for the person who runs an evaluation. */
export interface Log {
  readonly info: (message: string) => void
  readonly warn: (message: string) => void
}

/** Where relative paths in options start: the folder of the config file, else the current one. */
export interface BaseFolder {
  /** A path of the platform, without a trailing slash. */
  readonly path: string
}

export const Engine = createToken<EngineInfo>('@touchstone/core:engine')
export const Logger = createToken<Log>('@touchstone/core:log')
export const Base = createToken<BaseFolder>('@touchstone/core:base-folder')
