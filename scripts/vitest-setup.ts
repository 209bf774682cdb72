import { Engine, Host } from '@touchstone/core'
import { loadPlugin } from '@touchstone/evaluation/node'
import fc from 'fast-check'
import { openEngine, type EngineBackend } from '../packages/tensor/src/index.js'

// Property tests draw the same examples in every run.
fc.configureGlobal({ seed: 20240607 })

// Tests run on wasm, or on the backend of this name: whoever opens an engine, as built or from its sources, then gets that.
const backend = process.env.TOUCHSTONE_BACKEND as EngineBackend | undefined
if (backend !== undefined) {
  const host = new Host([await loadPlugin(`@touchstone/${backend.replace(/-gpu$/, '')}`, [import.meta.dirname])])
  await host.open([], host.resolver().resolve('backend', backend, [])).find(Engine)
  await openEngine({ backend })
}
