import type { EngineInfo, Host, Result, ScoreTraits } from '@touchstone/core'
import { compareMethods } from './compare-methods.js'
import { compareRankings } from './compare-rankings.js'
import type { Instances } from './instances.js'
import { rankMethods } from './rank-methods.js'
import type { DiagnosticRow, MetricFacts, ResolvedConfig, ResultRow, Results } from './results.js'
import type { MapAnswer } from './run-job.js'
import type { Selection } from './select-examples.js'
import type { Store } from './store/store.js'
import { summarise, summariseDiagnostics } from './summarise.js'
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
}

/** The results of an evaluation from its store; undefined where something is missing there. */
export async function collect({ selection, resolved, shown, instances: { models, dataset, scores }, engine, store, keys, host }: Sources): Promise<Results | undefined> {
  const rows: ResultRow[] = []
  const diagnostics: DiagnosticRow[] = []
  let missing = false
  for (const [model, subjects] of selection.subjects) {
    for (const { example, target } of subjects) {
      const subject = keys.subject(model, example, target)
      for (const attributer of Object.keys(resolved.attributers)) {
        const map = await store.get<MapAnswer>(keys.map(subject, attributer))
        missing ||= map === undefined
        for (const [name, value] of Object.entries(map?.diagnostics ?? {})) diagnostics.push({ model, example: example.id, attributer, name, value: Number.isFinite(value) ? value : null })
        for (const metric of Object.keys(resolved.metrics)) {
          const result = await store.get<Result>(keys.score(subject, attributer, metric))
          missing ||= result === undefined
          const { value = null, ...details } = result ?? { reason: 'missing' }
          rows.push({ model, example: example.id, attributer, metric, value, ...details })
        }
      }
    }
  }
  if (missing) return undefined
  const directions = new Map([...scores].map(([label, { direction }]) => [label, direction]))
  return {
    format: 'touchstone-results/1',
    config: shown,
    engine,
    models: Object.fromEntries([...models].map(([label, { fingerprint, inputShape, classCount, mflopPerRow }]) => [label, { fingerprint, inputShape, classCount, mflopPerRow }])),
    dataset: { fingerprint: dataset.fingerprint, size: dataset.size, inputShape: dataset.inputShape, range: dataset.range, classNames: dataset.classNames ?? null },
    metrics: metricFacts(resolved, host),
    examples: selection.examples.map(({ id, label }) => ({ id, label: label ?? null })),
    predictions: [...selection.subjects].flatMap(([model, list]) => list.map(({ example, predicted, target, output }) => ({ model, example: example.id, predicted, target, output }))),
    rows,
    summary: summarise(rows, directions, resolved.seed),
    comparisons: compareMethods(rows, directions, resolved.seed),
    ranks: rankMethods(rows, directions),
    agreement: compareRankings(rows, resolved.seed),
    diagnostics,
    diagnosticSummary: summariseDiagnostics(diagnostics),
  }
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
