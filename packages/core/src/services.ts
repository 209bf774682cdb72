import { createToken } from './token.js'

/** The numerical engine that model rows run on: part of every result, since results may depend on it. */
export interface EngineInfo {
  /** As in `tfjs-wasm`. */
  readonly name: string
  readonly version: string
  /** The version of Touchstone's own kernels in it, or `stock`. */
  readonly kernels: string
  /** Backends that would have been faster and did not start, with the reason, where there was a choice. */
  readonly passedOver?: readonly { readonly backend: string; readonly reason: string }[]
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
  /** Reads files once for all threads of an evaluation; where it is absent, each reads for itself. */
  readonly files?: FileReader
}

/** Files that are read once for all threads of a process. */
export interface FileReader {
  /** The bytes of a file by its path: they are shared, so they must not be written to. */
  readonly read: (path: string) => Promise<Uint8Array>
  /** What was read so far, by path, for another thread. */
  readonly shared: () => ReadonlyMap<string, SharedArrayBuffer>
}

/** How much memory an engine uses that only the end of its thread gives back. */
export interface EngineMemory {
  /** Bytes. */
  readonly used: () => number
  /** Bytes at which it breaks down. */
  readonly limit: number
}

export const Engine = createToken<EngineInfo>('@touchstone/core:engine')
export const Memory = createToken<EngineMemory>('@touchstone/core:engine-memory')
export const Logger = createToken<Log>('@touchstone/core:log')
export const Base = createToken<BaseFolder>('@touchstone/core:base-folder')
