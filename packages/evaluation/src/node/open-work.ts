import { Base, Engine, Host, Logger, Memory, Side, UserError, type FileReader, type Job, type JobProgress, type JobReport, type Log } from '@touchstone/core'
import { engineIdentity } from '../engine-identity.js'
import { makeInstances } from '../instances.js'
import { runJob } from '../run-job.js'
import type { JobWatch } from '../running-job.js'
import { Store } from '../store/store.js'
import { codeOf, decodeOrder } from '../work-order.js'
import { openWorkplace } from '../workplace.js'
import { loadPlugins } from './load-plugins.js'
import { createSideThreads } from './threads/side-threads.js'

/** An evaluation's work, opened in another thread or on another machine than the evaluation itself. */
export interface OpenWork extends AsyncDisposable {
  readonly run: (job: Job, signal: AbortSignal, onProgress: (progress: JobProgress) => void, watch?: JobWatch) => Promise<JobReport>
  /** The share of its memory that the engine uses: at 1 it breaks down. */
  readonly memory: () => number
}

interface WorkOptions {
  readonly log: Log
  readonly files?: FileReader
  /** How many cores jobs have here for themselves: with more than one, costly pieces of work are spread over them. */
  readonly cores?: number
}

/**
 * Opens the work of an order: loads its plugins, models and data, and its store.
 * @param bytes what an evaluation gives its executor.
 * @throws UserError where something is not here as it is there: another version of a plugin, other weights, other data.
 */
export async function openWork(bytes: Uint8Array, { log, files, cores = 1 }: WorkOptions): Promise<OpenWork> {
  const { plugins, folders, baseFolder, resolved, storage, batchRows, backend, fingerprints } = decodeOrder(bytes)
  const host = new Host(await loadPlugins(plugins, [...folders, process.cwd()], 'work order'))
  const stop = new AbortController()
  const side = cores > 1 ? createSideThreads(cores) : undefined
  const close = async (): Promise<void> => {
    stop.abort()
    await host[Symbol.asyncDispose]()
    await side?.[Symbol.asyncDispose]()
  }
  try {
    const code = codeOf(host)
    const different = Object.keys(fingerprints.code).filter((name) => fingerprints.code[name] !== code[name])
    if (different.length > 0) throw new UserError(`work order: ${different.join(', ')} ${different.length === 1 ? 'is' : 'are'} of another version here than where the evaluation was started: install the same`)
    const scope = host.open([
      { token: Logger, value: log },
      { token: Base, value: { path: baseFolder, ...(files && { files }) } },
      ...(side ? [{ token: Side, value: side }] : []),
    ], backend)
    const inline = host.resolver().resolve('executor', 'inline', [])!
    const instances = await makeInstances({ resolved, batchRows, executor: inline, storage, backend }, host, scope, 'work order')
    for (const [label, { fingerprint }] of instances.models) {
      if (fingerprint !== fingerprints.models[label]) throw new UserError(`work order: model "${label}" is not the one with which the evaluation was started: its files have changed, or differ on this machine`)
    }
    if (instances.dataset.fingerprint !== fingerprints.dataset) throw new UserError('work order: the dataset is not the one with which the evaluation was started: its files have changed, or differ on this machine')
    const engine = (await scope.find(Engine)) ?? null
    if (engineIdentity(engine) !== fingerprints.engine) throw new UserError(`work order: the engine is ${engineIdentity(engine) ?? 'none'} here, but ${fingerprints.engine ?? 'none'} where the evaluation was started: name the backend in the config, and install it on all machines`)
    const store = await Store.open(instances.storage, log.warn)
    const memory = await scope.find(Memory)
    const workplace = openWorkplace({ resolved, batchRows, host, scope, instances, engine, memory, store, signal: stop.signal })
    return { memory: () => (memory ? memory.used() / memory.limit : 0), run: (job, signal, onProgress, watch) => runJob(job, workplace, signal, onProgress, watch), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
