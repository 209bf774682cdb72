import { Base, Engine, Host, Logger, stackRows, UserError, type Cost, type Job, type Log, type Plugin, type Rows } from '@touchstone/core'
import { checkConfig, type CheckedConfig } from './check-config.js'
import { checkFit } from './check-fit.js'
import type { EvaluationConfig } from './config.js'
import { makeInstances } from './instances.js'
import { evaluationPlugin } from './plugin.js'
import type { DiagnosticRow, ResultRow, Results, RunRecord, SummaryRow } from './results.js'
import { runJob, type JobResult } from './run-job.js'
import { scheduledModel } from './scheduled-model.js'
import { selectExamples, type Selection } from './select-examples.js'
import { summarise, summariseDiagnostics } from './summarise.js'

/** How far an evaluation is. */
export interface Progress {
  readonly stage: 'load' | 'select' | 'evaluate'
  /** Work done and in all, in model rows as declared by the extensions; 0 of 0 where it cannot be told. */
  readonly done: number
  readonly total: number
}

export interface EvaluateOptions {
  /** Stops the evaluation; `evaluate` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  readonly log?: Log
  /** Where the config comes from, for messages. */
  readonly origin?: string
  /** The folder where relative paths in options start; the current one unless told. */
  readonly baseFolder?: string
  readonly host?: RunRecord['host']
}

/** What an evaluation found, all of it in memory. */
export interface Evaluation {
  readonly results: Results
  readonly run: RunRecord
  /** `[examples, ...inputShape]`, in the order of `results.examples`. */
  readonly inputs: Rows
  /** By model and attributer: `[n, ...inputShape]`, in the order of the model's `results.predictions`. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
  /** `results.summary`. */
  readonly summary: readonly SummaryRow[]
}

/**
 * Evaluates attribution methods: every model x example x attributer x metric of the config.
 *
 * @throws ConfigError (a UserError) with every problem of the config, before any work.
 * @throws UserError where data does not fit; the signal's reason where it was stopped.
 */
export async function evaluate(config: EvaluationConfig, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { onProgress, log = { info: () => undefined, warn: () => undefined }, origin = 'config' } = options
  // What runs side by side stops together, also where one part fails.
  const ended = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal
  const startedAt = new Date()
  const warnings: string[] = []
  const warn = (message: string): void => {
    warnings.push(message)
    log.warn(message)
  }
  const stages: { stage: string; seconds: number }[] = []
  const timed = async <T>(stage: Progress['stage'], work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    onProgress?.({ stage, done: 0, total: 0 })
    const from = performance.now()
    try {
      return await work()
    } catch (error) {
      ended.abort(error)
      throw error
    } finally {
      stages.push({ stage, seconds: (performance.now() - from) / 1000 })
    }
  }

  await using host = new Host(withEvaluationPlugin(config.plugins))
  const checked = checkConfig(config, host, origin)
  const { resolved, batchRows } = checked
  await using scope = host.open([
    { token: Logger, value: { info: log.info, warn } },
    { token: Base, value: { path: options.baseFolder ?? '.' } },
  ])
  const { instances, models, engine } = await timed('load', async () => {
    const instances = await makeInstances(checked, host, scope, origin)
    await checkFit(checked, instances.models, instances.dataset, host, scope, origin)
    const engine = (await scope.find(Engine)) ?? null
    if (engine?.fallback !== undefined) warn(engine.fallback)
    return { instances, engine, models: new Map([...instances.models].map(([label, model]) => [label, scheduledModel(model, batchRows, signal)])) }
  })
  const { dataset, attributers, scores, executor } = instances
  const selection = await timed('select', () => selectExamples(resolved, dataset, models, batchRows, warn))

  const found = new Map([...models.keys()].map((label) => [label, [] as JobResult[]]))
  await timed('evaluate', async () => {
    const weights = costs(checked, host, dataset.inputShape)
    const total = [...selection.subjects.values()].reduce((sum, list) => sum + list.length, 0) * [...weights.values()].reduce((a, b) => a + b, 0)
    let done = 0
    const onScore = (attributer: string, score: string): void => {
      done += weights.get(`${attributer}\n${score}`)!
      onProgress?.({ stage: 'evaluate', done, total })
    }
    const run = ({ model: label, examples }: Job): Promise<readonly JobResult[]> =>
      runJob(
        examples.map((index) => selection.subjects.get(label)![index]!),
        { label, model: models.get(label)!, dataset, attributers, scores, seed: resolved.seed, batchRows, scope, signal, onScore },
      )
    for await (const { job, result } of executor.execute(planJobs(selection, checked, host), run, signal))
      job.examples.forEach((index, position) => (found.get(job.model)![index] = result[position]!))
  })

  const rows = tabulate(selection, found, checked)
  const diagnostics = tabulateDiagnostics(selection, found, checked)
  const results: Results = {
    format: 'touchstone-results/1',
    config: resolved,
    engine,
    models: Object.fromEntries([...models].map(([label, { fingerprint, inputShape, classCount, mflopPerRow }]) => [label, { fingerprint, inputShape, classCount, mflopPerRow }])),
    dataset: { fingerprint: dataset.fingerprint, size: dataset.size, inputShape: dataset.inputShape, range: dataset.range, classNames: dataset.classNames ?? null },
    examples: selection.examples.map(({ id, label }) => ({ id, label: label ?? null })),
    predictions: [...selection.subjects].flatMap(([model, list]) =>
      list.map(({ example, predicted, target, outputs }) => ({ model, example: example.id, predicted, target, output: outputs[target]! })),
    ),
    rows,
    summary: summarise(rows, new Map([...scores].map(([label, { direction }]) => [label, direction])), resolved.seed),
    diagnostics,
    diagnosticSummary: summariseDiagnostics(diagnostics),
  }
  const run: RunRecord = {
    format: 'touchstone-run/1',
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    stages,
    executor: checked.executor,
    batchRows,
    rowsRun: Object.fromEntries([...models].map(([label, model]) => [label, model.rowsRun()])),
    host: options.host ?? null,
    warnings,
  }
  return {
    results,
    run,
    inputs: stackRows(selection.examples.map(({ input }) => input), dataset.inputShape),
    maps: new Map([...found].map(([label, list]) => [label, new Map([...attributers.keys()].map((name) => [name, stackRows(list.map(({ maps }) => maps.get(name)!), dataset.inputShape)]))])),
    summary: results.summary,
  }
}

/** Plugins by name must have been loaded before: finding packages is not possible everywhere. */
function withEvaluationPlugin(plugins: EvaluationConfig['plugins'] | undefined): readonly Plugin[] {
  if (!Array.isArray(plugins)) throw new UserError('plugins: expected a list of packages or plugins')
  const byName = plugins.find((plugin): plugin is string => typeof plugin === 'string')
  if (byName !== undefined) throw new UserError(`plugins: "${byName}" is a name; import it and list the plugin itself, or evaluate by @touchstone/evaluation/node, which loads packages by name`)
  const loaded = plugins as readonly Plugin[]
  return loaded.some(({ name }) => name === evaluationPlugin.name) ? loaded : [evaluationPlugin, ...loaded]
}

/** Rows that one judgement costs, by attributer and score: what a map costs, for the input and all further inputs the score asks about, and its part of what all methods share. */
function costs({ resolved }: CheckedConfig, host: Host, inputShape: readonly number[]): ReadonlyMap<string, number> {
  const one: Cost = { rows: 1 }
  const methods = Object.keys(resolved.attributers).length
  return new Map(
    Object.entries(resolved.attributers).flatMap(([attributer, tree]) =>
      Object.entries(resolved.metrics).map(([metric, score]): [string, number] => {
        const { rows, maps = 0, shared = 0 } = host.cost(score, inputShape) ?? one
        return [`${attributer}\n${metric}`, rows + shared / methods + (host.cost(tree, inputShape) ?? one).rows * (1 + maps)]
      }),
    ),
  )
}

/** As many examples to a job as fill a batch with the maps that the most demanding score asks for. */
function planJobs({ subjects }: Selection, { resolved, batchRows }: CheckedConfig, host: Host): readonly Job[] {
  const mapsPerExample = 1 + Math.max(0, ...Object.values(resolved.metrics).map((tree) => host.cost(tree)?.maps ?? 0))
  const size = Math.max(1, Math.floor(batchRows / mapsPerExample))
  return [...subjects].flatMap(([model, list]) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, job) => ({
      model,
      examples: Array.from({ length: Math.min(size, list.length - job * size) }, (__, index) => job * size + index),
    })),
  )
}

function tabulate({ subjects }: Selection, found: ReadonlyMap<string, readonly JobResult[]>, { resolved }: CheckedConfig): readonly ResultRow[] {
  const rows: ResultRow[] = []
  for (const [model, list] of subjects) {
    list.forEach(({ example }, index) => {
      for (const attributer of Object.keys(resolved.attributers)) {
        for (const metric of Object.keys(resolved.metrics)) {
          const { value = null, ...details } = found.get(model)![index]!.results.get(attributer)!.get(metric)!
          rows.push({ model, example: example.id, attributer, metric, value, ...details })
        }
      }
    })
  }
  return rows
}

function tabulateDiagnostics({ subjects }: Selection, found: ReadonlyMap<string, readonly JobResult[]>, { resolved }: CheckedConfig): readonly DiagnosticRow[] {
  return [...subjects].flatMap(([model, list]) =>
    list.flatMap(({ example }, index) =>
      Object.keys(resolved.attributers).flatMap((attributer) =>
        Object.entries(found.get(model)![index]!.diagnostics.get(attributer)!).map(([name, value]) => ({ model, example: example.id, attributer, name, value: Number.isFinite(value) ? value : null })),
      ),
    ),
  )
}
