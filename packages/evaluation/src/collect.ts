import { undefinedResult, UserError, type EngineInfo, type Host, type Result, type ScoreTraits } from '@touchstone/core'
import { compareMethods } from './compare-methods.js'
import { compareRankings } from './compare-rankings.js'
import { DiagnosticColumns } from './diagnostic-columns.js'
import type { FaultReasons } from './fault-summary.js'
import type { Instances } from './instances.js'
import { MeanCurves } from './mean-curves.js'
import { rankMethods } from './rank-methods.js'
import type { DiagnosticRow, MetricFacts, ResolvedConfig, ResultRow, ResultsOverview } from './results.js'
import type { MapAnswer } from './attribute.js'
import type { Selection } from './select-examples.js'
import type { ScoreTable } from './score-tables.js'
import type { Store } from './store/store.js'
import { summarise, type ScoreColumn } from './summarise.js'
import type { UnitKeys } from './unit-keys.js'

interface Sources {
  readonly selection: Selection
  readonly resolved: ResolvedConfig
  /** The same as results may hold it: without secrets. */
  readonly shown: ResolvedConfig
  readonly instances: Instances
  readonly engine: EngineInfo | null
  readonly store: Store
  readonly keys: UnitKeys
  readonly host: Host
  /** Why units are undefined that an extension failed to give. */
  readonly faults: FaultReasons
}

/** What an evaluation found; what grows with the examples is given one by one. */
export interface Collected {
  readonly overview: ResultsOverview
  /** Names of the parts of all results, in alphabetical order. */
  readonly parts: readonly string[]
  /** The rows of an example, by the place of its prediction among those of its model. */
  readonly rowsOf: (model: string, place: number) => Promise<readonly ResultRow[]>
  /** `Results.rows`. */
  readonly rows: () => AsyncIterable<ResultRow>
  /** `Results.diagnostics`. */
  readonly diagnostics: () => Iterable<DiagnosticRow>
}

/** A column on its way. */
interface Gathered extends ScoreColumn {
  readonly robust: number[]
  /** 1 where the result is more than a value. */
  readonly detailed: Uint8Array
}

/** The results of an evaluation from its store; undefined where something is missing there. Of each score a number is held, of each map its diagnostics. */
export async function collect({ selection, resolved, shown, instances: { models, dataset, scores }, engine, store, keys, host, faults }: Sources): Promise<Collected | undefined> {
  const attributers = Object.keys(resolved.attributers)
  const metrics = Object.keys(resolved.metrics)
  const byModel = new Map([...selection.subjects].map(([model, { length }]) => [model, gatheredColumns(model, attributers, metrics, length)]))
  const diagnostics = new DiagnosticColumns(selection)
  const curves = new MeanCurves()
  const parts = new Set<string>()
  let missing = false
  const scoreOf = async (subject: string, model: string, example: string, attributer: string, metric: string): Promise<Result | undefined> => {
    const reason = faults.score(model, example, attributer, metric)
    return (await store.get<Result>(keys.score(subject, attributer, metric))) ?? (reason === undefined ? undefined : undefinedResult(reason))
  }
  for (const [model, subjects] of selection.subjects) {
    const columns = byModel.get(model)!
    for (const [place, { example, target }] of subjects.entries()) {
      const subject = keys.subject(model, example, target)
      for (const [row, attributer] of attributers.entries()) {
        const map = await store.get<MapAnswer>(keys.map(subject, attributer))
        missing ||= map === undefined && faults.map(model, example.id, attributer) === undefined
        diagnostics.add(model, attributer, place, map?.diagnostics ?? {})
        for (const [column, metric] of metrics.entries()) {
          const result = await scoreOf(subject, model, example.id, attributer, metric)
          missing ||= result === undefined
          const { values, robust, detailed } = columns[row * metrics.length + column]!
          const { value = Number.NaN, ...details } = result ?? undefinedResult('missing')
          values[place] = value
          detailed[place] = Object.keys(details).length > 0 ? 1 : 0
          for (const part of Object.keys(details.parts ?? {})) parts.add(part)
          curves.add({ model, attributer, metric, ...details })
          if (!Number.isNaN(value) && details.parts?.robust !== undefined) robust.push(details.parts.robust)
        }
      }
    }
  }
  if (missing) return undefined

  const columns = [...byModel.values()].flat()
  const tables = scoreTablesOf(selection, byModel, metrics)
  const directions = new Map([...scores].map(([label, { direction }]) => [label, direction]))
  const overview: ResultsOverview = {
    format: 'touchstone-results/1',
    config: shown,
    engine,
    models: Object.fromEntries([...models].map(([label, { fingerprint, inputShape, classCount, mflopPerRow }]) => [label, { fingerprint, inputShape, classCount, mflopPerRow }])),
    dataset: { fingerprint: dataset.fingerprint, size: dataset.size, inputShape: dataset.inputShape, range: dataset.range, classNames: dataset.classNames ?? null },
    metrics: metricFacts(resolved, host),
    examples: selection.examples.map(({ id, label }) => ({ id, label: label ?? null })),
    predictions: [...selection.subjects].flatMap(([model, list]) => list.map(({ example, predicted, target, output }) => ({ model, example: example.id, predicted, target, output }))),
    summary: summarise(columns, directions, resolved.seed),
    comparisons: compareMethods(tables, directions, resolved.seed),
    ranks: rankMethods(tables, directions),
    agreement: compareRankings(tables, resolved.seed),
    diagnosticSummary: diagnostics.summary(),
    curves: curves.list(),
  }
  const rowsOf = (model: string, place: number): Promise<readonly ResultRow[]> => {
    const { example, target } = selection.subjects.get(model)![place]!
    const subject = keys.subject(model, example, target)
    return Promise.all(
      byModel.get(model)!.map(async ({ attributer, metric, values, detailed }) => {
        const result = detailed[place] === 1 ? await scoreOf(subject, model, example.id, attributer, metric) : { value: values[place]! }
        if (result === undefined) throw new UserError(`the store has lost the score of "${attributer}" by "${metric}" on model "${model}" for example ${example.id}: run again, and it is computed anew`)
        const { value = null, ...details } = result
        return { model, example: example.id, attributer, metric, value, ...details }
      }),
    )
  }
  const rows = async function* (): AsyncGenerator<ResultRow> {
    for (const [model, subjects] of selection.subjects) for (const place of subjects.keys()) yield* await rowsOf(model, place)
  }
  return { overview, parts: [...parts].sort(), rowsOf, rows, diagnostics: () => diagnostics.rows() }
}

/** In the order of the rows of one example. */
function gatheredColumns(model: string, attributers: readonly string[], metrics: readonly string[], count: number): readonly Gathered[] {
  return attributers.flatMap((attributer) => metrics.map((metric) => ({ model, attributer, metric, values: new Float64Array(count), robust: [], detailed: new Uint8Array(count) })))
}

function scoreTablesOf({ subjects }: Selection, byModel: ReadonlyMap<string, readonly Gathered[]>, metrics: readonly string[]): readonly ScoreTable[] {
  return [...byModel].flatMap(([model, columns]) => {
    const examples = subjects.get(model)!.map(({ example: { id } }) => id)
    return metrics.map((metric) => ({ model, metric, examples, scores: new Map(columns.filter((column) => column.metric === metric).map(({ attributer, values }) => [attributer, values])) }))
  })
}

/** What metrics of plugins say of themselves; one given in code says nothing. */
function metricFacts({ metrics }: ResolvedConfig, host: Host): Record<string, MetricFacts> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([label, { use, preset }]) => {
      const extension = host.registry.extension('score', use)?.value
      if (!extension) return []
      const { summary } = (preset === undefined ? undefined : host.registry.preset('score', preset)?.value) ?? extension
      const { judges, curve } = extension.traits as ScoreTraits
      return [[label, { judges, summary, ...(curve && { curve }) }]]
    }),
  )
}
