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
  /** How many tensors there are, for whoever looks for those that are left over. */
  readonly tensors?: () => number
}

/**
 * Threads beside the one that does a job, where it has cores for itself: for a costly piece of work that falls into parts. They start when first asked, and end with the
 * evaluation. What comes of a piece of work must not depend on whether, or into how many parts, it was spread.
 */
export interface SideThreads {
  /** How many there are, one for each core: at least 2, since who asks only waits meanwhile. */
  readonly count: number
  /**
   * Has thread number `thread` call a module's default export, a `SideTask`, with a task of plain data; each thread does one task after the other, in the order in which they were
   * asked for.
   * @param module where a file of JavaScript lies
   * @param answer gives what the task asks for on the way; until then its thread waits
   * @throws what the task, or the answer, threw
   */
  readonly run: (thread: number, module: URL, task: unknown, answer?: (asked: unknown) => Promise<unknown>) => Promise<unknown>
}

/** What is done in a side thread. `ask` hands plain data over to who asked for the task, waits, and gives the answer. */
export type SideTask = (task: unknown, ask: (asked: unknown) => unknown) => unknown

export const Engine = createToken<EngineInfo>('@touchstone/core:engine')
export const Memory = createToken<EngineMemory>('@touchstone/core:engine-memory')
export const Logger = createToken<Log>('@touchstone/core:log')
export const Base = createToken<BaseFolder>('@touchstone/core:base-folder')
export const Side = createToken<SideThreads>('@touchstone/core:side-threads')
