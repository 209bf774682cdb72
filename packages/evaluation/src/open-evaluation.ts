import { Base, ConfigError, Engine, Host, isUserError, Logger, Memory, Side, sizeOf, stackRows, UserError, type EngineInfo, type FileReader, type JobProgress, type JobReport, type Log, type Plugin, type ResolvedExtension, type Scope, type SideThreads, type Work } from '@touchstone/core'
import { checkConfig } from './check-config.js'
import { checkFit } from './check-fit.js'
import { collect, type Collected } from './collect.js'
import type { EvaluationConfig } from './config.js'
import { engineIdentity } from './engine-identity.js'
import { faultyExtensions, faultReasons, faultWarning } from './fault-summary.js'
import { collectGallery, type Gallery } from './gallery.js'
import { makeInstances } from './instances.js'
import { judgePilot, partOfPlan, pilotJobs, type Pilot } from './pilot.js'
import { planEvaluation, rowsPerScore, type Plan } from './plan.js'
import { evaluationPlugin } from './plugin.js'
import type { ResolvedConfig, RunRecord } from './results.js'
import type { MapAnswer } from './attribute.js'
import { runJob } from './run-job.js'
import { selectExamples } from './select-examples.js'
import { sumSeconds } from './stopwatch.js'
import { Store } from './store/store.js'
import { encodeOrder } from './work-order.js'
import { openWorkplace } from './workplace.js'

/** How far an evaluation is. */
export interface Progress {
  readonly stage: 'load' | 'select' | 'evaluate'
  /** Examples found and asked for, or model rows done and in all, as declared by the extensions; 0 of 0 when a stage begins. */
  readonly done: number
  readonly total: number
}

export interface EvaluateOptions {
  /** Stops the evaluation, which then rejects with the signal's reason; what was finished is in the store. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Told of each map, set of neighbours and score that is computed. */
  readonly onUnit?: (unit: JobProgress) => void
  readonly log?: Log
  /** Where the config comes from, for messages. */
  readonly origin?: string
  /** The folder where relative paths in options start; the current one unless told. */
  readonly baseFolder?: string
  readonly host?: RunRecord['host']
  /** Reads files for models and data, so that threads share them. */
  readonly files?: FileReader
  /** Takes parts of what jobs do in this thread, where that falls into parts. */
  readonly side?: SideThreads
  /** Only every `of`-th example from the `index`-th on, counted from 1: a part of the work, whose results the store gathers. */
  readonly shard?: Shard
  /** The work ends in order when so many seconds have passed or model rows were run since it began. */
  readonly budget?: { readonly seconds?: number; readonly rows?: number }
  /** How executors find the plugins elsewhere: the name under which each was loaded, by the plugin's own, and the folders to look from. */
  readonly loaded?: { readonly plugins: Readonly<Record<string, string>>; readonly folders: readonly string[] }
}

/** One of several parts of an evaluation. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/** The budget of an evaluation is spent before it is done; what was finished is in the store. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

/** An evaluation whose models and data are loaded and whose work is planned. */
export interface OpenEvaluation extends AsyncDisposable {
  readonly plan: Plan
  /** How many of its jobs run side by side. */
  readonly parallel: number
  /**
   * Does what is missing, and gathers what was found.
   * @throws BudgetSpent where the budget did not suffice; UserError for a shard, which has no results of its own.
   */
  readonly run: () => Promise<FinishedEvaluation>
  /** Does what is missing, and leaves it in the store. @throws BudgetSpent. */
  readonly compute: () => Promise<RunRecord>
  /**
   * The files that what it finds depends on, beside its config, the code of its plugins and the kind of machine. Undefined where there may be more than that: a model or dataset that does not
   * name its files, objects made in code, a choice among backends that another time may end otherwise, a shard.
   */
  readonly files: readonly string[] | undefined
  /** Seconds that a forward row of each model takes here, on one thread: for estimates. */
  readonly measureSpeed: () => Promise<ReadonlyMap<string, number>>
  /** Does a twentieth of what is missing, which is kept as by a run, and tells how long the rest takes at that pace. @throws BudgetSpent. */
  readonly pilot: () => Promise<Pilot>
}

/** What an evaluation found. Rows, inputs and maps are read when they are asked for, as long as the evaluation is open; `allResults` gathers the results in memory. */
export interface FinishedEvaluation extends Collected {
  readonly run: RunRecord
  /** The input of an example, by its place in `overview.examples`. */
  readonly input: (index: number) => Promise<Float32Array>
  /** A map, by the labels of model and attributer and its place among the model's `overview.predictions`. */
  readonly map: (model: string, attributer: string, index: number) => Promise<Float32Array>
  /** Neighbours of a few examples, what metrics look at, and the charts of plugins. */
  readonly gallery: Gallery
}

/**
 * Checks a config, loads what it names, chooses the examples and plans the work.
 *
 * @throws ConfigError (a UserError) with every problem of the config, before any work.
 * @throws UserError where data does not fit; the signal's reason where it was stopped.
 */
export async function openEvaluation(config: EvaluationConfig, options: EvaluateOptions = {}): Promise<OpenEvaluation> {
  const { log = { info: () => undefined, warn: () => undefined }, origin = 'config', signal = new AbortController().signal } = options
  const startedAt = new Date()
  const warnings: string[] = []
  const warn = (message: string): void => {
    warnings.push(message)
    log.warn(message)
  }
  const stages: { stage: string; seconds: number }[] = []
  const clocked = async <T>(stage: string, work: () => T | Promise<T>): Promise<T> => {
    const from = performance.now()
    try {
      return await work()
    } finally {
      stages.push({ stage, seconds: (performance.now() - from) / 1000 })
    }
  }
  const timed = <T>(stage: Progress['stage'], work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    options.onProgress?.({ stage, done: 0, total: 0 })
    return clocked(stage, work)
  }

  const host = new Host(withEvaluationPlugin(config.plugins))
  // What runs side by side stops together, also where one part fails.
  const ended = new AbortController()
  const stop = AbortSignal.any([signal, ended.signal])
  const close = async (): Promise<void> => {
    ended.abort(new DOMException('the evaluation was closed', 'AbortError'))
    await host[Symbol.asyncDispose]()
  }
  try {
    const checked = checkConfig(config, host, origin)
    const { resolved, batchRows } = checked
    const scope = host.open([
      { token: Logger, value: { info: log.info, warn } },
      { token: Base, value: { path: options.baseFolder ?? '.', ...(options.files && { files: options.files }) } },
      ...(options.side ? [{ token: Side, value: options.side }] : []),
    ], checked.backend)
    const { instances, engine, store } = await timed('load', async () => {
      const engine = await openEngine(scope, origin)
      const instances = await makeInstances(checked, host, scope, origin)
      await checkFit(checked, instances.models, instances.dataset, host, scope, origin)
      if (engine) log.info(`engine: ${engineIdentity(engine)}${(engine.passedOver ?? []).map(({ backend, reason }) => `; not ${backend}: ${reason}`).join('')}`)
      return { instances, engine, store: await Store.open(instances.storage, warn) }
    })
    const { dataset, executor } = instances
    const workplace = openWorkplace({ resolved, batchRows, host, scope, instances, engine, memory: await scope.find(Memory), store, signal: stop })
    const { models, keys, predictions } = workplace
    const selection = await timed('select', async () => {
      const chosen = await selectExamples(resolved, dataset, models, batchRows, predictions, warn, (done, total) => options.onProgress?.({ stage: 'select', done, total }))
      await store.flush()
      return chosen
    })
    const rowsToSelect = new Map([...models].map(([label, model]) => [label, model.rowsRun()]))
    const makePlan = (): Plan =>
      planEvaluation({ selection, shard: options.shard, resolved, host, inputShape: dataset.inputShape, mflopPerRow: (label) => models.get(label)!.mflopPerRow, keys, store, batchRows, parallel: executor.parallel })
    const plan = await clocked('plan', makePlan)

    const reports: JobReport[] = []
    const execute = async (missing: Plan): Promise<void> => {
      const perScore = rowsPerScore(missing)
      const { seconds, rows = Infinity } = options.budget ?? {}
      const spent = (what: string): void => ended.abort(new BudgetSpent(`the budget of ${what} is spent`))
      const timer = seconds === undefined ? undefined : setTimeout(() => spent(`${seconds} s`), seconds * 1000)
      let done = 0
      const onProgress = (unit: JobProgress): void => {
        options.onUnit?.(unit)
        if (unit.attributer === undefined || unit.metric === undefined) return
        done += perScore(unit.model, unit.attributer, unit.metric)
        options.onProgress?.({ stage: 'evaluate', done, total: missing.rows })
        if (done >= rows) spent(`${rows} rows`)
      }
      const order = encodeOrder({ checked, host, engine, keys, models, dataset, baseFolder: options.baseFolder ?? '.', loaded: options.loaded })
      const work: Work = { run: (job, jobSignal) => runJob(job, workplace, jobSignal === undefined ? stop : AbortSignal.any([stop, jobSignal]), onProgress), order, onProgress }
      try {
        for await (const report of executor.execute(missing.jobs, work, stop)) reports.push(report)
      } catch (error) {
        ended.abort(error)
        // Whatever the end came to on its way here, this is why.
        throw stop.reason
      } finally {
        clearTimeout(timer)
        await store.flush()
      }
      // Others may have written what is missing here.
      await store.refresh()
    }
    const computeOnce = (missing: Plan): Promise<void> => timed('evaluate', () => (missing.jobs.length > 0 ? execute(missing) : Promise.resolve()))
    const record = (): RunRecord => ({
      format: 'touchstone-run/1',
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      stages,
      executor: host.withoutSecrets(checked.executor),
      batchRows,
      rowsRun: Object.fromEntries([...rowsToSelect].map(([label, rows]) => [label, rows + reports.reduce((sum, report) => sum + (report.model === label ? report.rowsRun : 0), 0)])),
      units: { kept: plan.units.reduce((sum, { kept }) => sum + kept, 0), computed: reports.reduce((sum, { units }) => sum + units.computed, 0) },
      ...(reports.some(({ seconds }) => seconds !== undefined) && {
        work: Object.fromEntries([...rowsToSelect.keys()].map((label) => [label, sumSeconds(reports.flatMap(({ model, seconds }) => (model === label && seconds ? seconds : [])))])),
      }),
      host: options.host ?? null,
      warnings,
      ...(faultyExtensions(reports).length > 0 && { faults: faultyExtensions(reports) }),
    })

    const warnOfFaults = (): void => faultyExtensions(reports).forEach((faulty) => warn(faultWarning(faulty)))

    const run = async (): Promise<FinishedEvaluation> => {
      if (options.shard && options.shard.of > 1) throw new UserError('a shard of an evaluation has no results of its own: compute all of them, then evaluate without a shard')
      let collected: Collected | undefined
      let gallery: Gallery | undefined
      for (let round = 0, missing = plan; collected === undefined || gallery === undefined; round++, missing = makePlan()) {
        if (round === rounds) throw new UserError(`the store does not give back what was written to it, after ${rounds} attempts: "touchstone store verify" tells more`)
        await computeOnce(missing)
        const faults = faultReasons(reports)
        collected = await clocked('collect', () => collect({ selection, resolved, shown: withoutSecrets(resolved, host), instances, engine, store, keys, host, faults }))
        gallery = collected && (await collectGallery({ collected, selection, instances, host, scope, store, keys, faults, warn }))
      }
      warnOfFaults()
      return {
        ...collected,
        gallery,
        run: record(),
        input: async (index) => (await dataset.example(selection.examples[index]!.index)).input,
        map: async (label, attributer, index) => {
          const { example, target } = selection.subjects.get(label)![index]!
          const answer = await store.get<MapAnswer>(keys.map(keys.subject(label, example, target), attributer))
          if (answer === undefined && faultReasons(reports).map(label, example.id, attributer) !== undefined) return new Float32Array(sizeOf(dataset.inputShape)).fill(Number.NaN)
          if (answer === undefined) throw new UserError(`the store has lost the map of "${attributer}" on model "${label}" for example ${example.id}: run again, and it is computed anew`)
          return answer.map
        },
      }
    }
    const compute = async (): Promise<RunRecord> => {
      await computeOnce(plan)
      warnOfFaults()
      return record()
    }
    const pilot = async (): Promise<Pilot> => {
      const jobs = pilotJobs(plan, executor.parallel)
      const from = performance.now()
      await timed('evaluate', () => execute(partOfPlan(plan, jobs)))
      return judgePilot(plan, jobs, reports, executor.parallel, (performance.now() - from) / 1000)
    }
    const filesOf = (): readonly string[] | undefined => {
      const lists = [dataset, ...instances.models.values()].map(({ files }) => files)
      const open = keys.sessionOnly !== undefined || (engine?.passedOver ?? []).length > 0 || (options.shard?.of ?? 1) > 1
      return open || lists.includes(undefined) ? undefined : [...new Set(lists.flatMap((files) => files ?? []))]
    }
    const measureSpeed = async (): Promise<ReadonlyMap<string, number>> => {
      const { input } = await dataset.example(selection.examples[0]!.index)
      const rows = stackRows(Array.from({ length: batchRows }, () => input), dataset.inputShape)
      const speeds = new Map<string, number>()
      for (const [label, model] of instances.models) {
        // The first pass makes the model ready.
        await model.predict(rows)
        const from = performance.now()
        await model.predict(rows)
        speeds.set(label, (performance.now() - from) / 1000 / batchRows)
      }
      return speeds
    }
    return { plan, parallel: executor.parallel, run, compute, files: filesOf(), measureSpeed, pilot, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** How often what is missing after all was done is computed once more: the store may have lost or damaged it. */
const rounds = 3

/** What results may hold of a config. */
function withoutSecrets(resolved: ResolvedConfig, host: Host): ResolvedConfig {
  const all = (trees: Readonly<Record<string, ResolvedExtension>>) => Object.fromEntries(Object.entries(trees).map(([label, tree]) => [label, host.withoutSecrets(tree)]))
  return { ...resolved, models: all(resolved.models), dataset: host.withoutSecrets(resolved.dataset), attributers: all(resolved.attributers), metrics: all(resolved.metrics) }
}

/** Plugins by name must have been loaded before: finding packages is not possible everywhere. */
function withEvaluationPlugin(plugins: EvaluationConfig['plugins'] | undefined): readonly Plugin[] {
  if (!Array.isArray(plugins)) throw new UserError('plugins: expected a list of packages or plugins')
  const byName = plugins.find((plugin): plugin is string => typeof plugin === 'string')
  if (byName !== undefined) throw new UserError(`plugins: "${byName}" is a name; import it and list the plugin itself, or evaluate by @touchstone/evaluation/node, which loads packages by name`)
  const loaded = plugins as readonly Plugin[]
  return loaded.some(({ name }) => name === evaluationPlugin.name) ? loaded : [evaluationPlugin, ...loaded]
}

async function openEngine(scope: Scope, origin: string): Promise<EngineInfo | null> {
  try {
    return (await scope.find(Engine)) ?? null
  } catch (error) {
    if (!isUserError(error)) throw error
    throw new ConfigError(origin, [{ path: ['backend'], message: error.message, source: '@touchstone/evaluation' }])
  }
}
