import type { EngineInfo, EngineMemory, Host, Scope } from '@touchstone/core'
import type { Instances } from './instances.js'
import { createLeakWatch } from './leaks.js'
import { createPredictions } from './predictions.js'
import type { ResolvedConfig } from './results.js'
import type { JobContext } from './running-job.js'
import { scheduledModel } from './scheduled-model.js'
import type { Store } from './store/store.js'
import { createUnitKeys } from './unit-keys.js'

interface Tools {
  readonly resolved: ResolvedConfig
  readonly batchRows: number
  readonly host: Host
  readonly scope: Scope
  readonly instances: Pick<Instances, 'models' | 'dataset' | 'attributers' | 'scores'>
  readonly engine: EngineInfo | null
  readonly memory: EngineMemory | undefined
  readonly store: Store
  readonly signal: AbortSignal
}

/** All that jobs need, in this process or thread. */
export function openWorkplace({ resolved, batchRows, host, scope, instances: { models: plain, dataset, attributers, scores }, engine, memory, store, signal }: Tools): JobContext {
  const models = new Map([...plain].map(([label, model]) => [label, scheduledModel(model, batchRows, signal)]))
  const keys = createUnitKeys({ host, engine, resolved, models, dataset })
  return { models, dataset, attributers, scores, resolved, batchRows, host, scope, store, keys, predictions: createPredictions(models, store, keys), leaks: createLeakWatch(memory?.tensors) }
}
