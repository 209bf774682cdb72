import type { EngineInfo } from '@touchstone/core'

/** What of an engine results may depend on, in words. */
export function engineIdentity(engine: EngineInfo | null): string | null {
  return engine && `${engine.name} ${engine.version}, kernels ${engine.kernels}`
}
