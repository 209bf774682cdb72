import type { EngineInfo, EngineMemory } from '../services.js'

/** What model rows are computed by: TensorFlow.js on a processor or a graphics card, say. A process has one, once it was started. */
export interface Backend {
  /**
   * Starts it; further calls give the same.
   * @param wanted whether the person named it. As one of several to choose from, a backend does not start where it could but would be slow.
   * @throws UserError with the reason why it cannot start here, and what to do about it.
   */
  readonly start: (wanted: boolean) => Promise<StartedBackend>
}

/** A backend that runs. */
export interface StartedBackend {
  readonly engine: EngineInfo
  readonly memory: EngineMemory
}

export interface BackendTraits {
  /** How fast it is, in tenths of what TensorFlow.js's own wasm backend does in a forward pass: `auto` takes the fastest that starts. */
  readonly speed: number
}
