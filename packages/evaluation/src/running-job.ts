import type { Host, JobProgress, Model, Scope } from '@touchstone/core'
import type { FaultList } from './faults.js'
import type { Instances } from './instances.js'
import type { LeakWatch } from './leaks.js'
import type { Predictions } from './predictions.js'
import type { ResolvedConfig } from './results.js'
import type { Stopwatch } from './stopwatch.js'
import type { Store } from './store/store.js'
import type { UnitKeys } from './unit-keys.js'

/** What the jobs of an evaluation share, on one thread; `predict` of its models joins small requests. */
export interface JobContext extends Pick<Instances, 'models' | 'dataset' | 'attributers' | 'scores'> {
  readonly resolved: ResolvedConfig
  readonly batchRows: number
  readonly host: Host
  readonly scope: Scope
  readonly store: Store
  readonly keys: UnitKeys
  readonly predictions: Predictions
  readonly leaks: LeakWatch
}

/** What one job adds to it. */
export interface RunningJob extends JobContext {
  readonly label: string
  readonly model: Model
  readonly signal: AbortSignal
  readonly stopwatch: Stopwatch
  /** Ends what is still under way when something has failed. */
  readonly failed: AbortController
  /** The value of a unit: from the store, else computed once and kept. */
  readonly keep: <T>(unit: Omit<JobProgress, 'model'>, key: string, compute: () => Promise<T>, beside?: Beside) => Promise<T>
  readonly faults: FaultList
  readonly watch: JobWatch
}

/** What is asked of an extension, by labels of the config: the same in every attempt at the job. */
export type Call = string

/** For who ends what hangs. */
export interface JobWatch {
  /** Told of every call of an extension, when it begins and when it ends. */
  readonly onCall?: (call: Call, begins: boolean) => void
  /** Calls that are not to be made, with what is said of each instead: they hung before. */
  readonly skip?: ReadonlyMap<Call, string>
}

/** What is kept beside a unit, and made with it. */
export interface Beside {
  readonly kind: string
  readonly key: string
  readonly value: () => Promise<unknown>
}
