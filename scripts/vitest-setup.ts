import fc from 'fast-check'
import type { EngineBackend } from '../packages/tensor/src/index.js'

// Property tests draw the same examples in every run.
fc.configureGlobal({ seed: 20240607 })

// Tests run on wasm, or on the backend of this name: whoever opens an engine, as built or from its sources, then gets that. Without it nothing is loaded here: this runs before every file.
const backend = process.env.TOUCHSTONE_BACKEND as EngineBackend | undefined
if (backend !== undefined) {
  const [{ Engine, Host }, { loadPlugin }, { openEngine }] = await Promise.all([import('@touchstone/core'), import('@touchstone/evaluation/node'), import('../packages/tensor/src/index.js')])
  const host = new Host([await loadPlugin(`@touchstone/${backend.replace(/-gpu$/, '')}`, [import.meta.dirname])])
  await host.open([], host.resolver().resolve('backend', backend, [])).find(Engine)
  await openEngine({ backend })
}
