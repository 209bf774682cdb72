import { canonicalJson, hash, isRecord, type Cost, type Host, type Job, type ResolvedExtension } from '@touchstone/core'
import { galleryExamples } from './gallery.js'
import type { ResolvedConfig } from './results.js'
import type { Selection, Subject } from './select-examples.js'
import type { Store } from './store/store.js'
import type { UnitKeys } from './unit-keys.js'

/** Units of one sort: a method's maps under a model, or its scores by a metric. */
export interface PlannedUnits {
  readonly kind: 'map' | 'score'
  readonly model: string
  readonly attributer: string
  /** Of scores. */
  readonly metric?: string
  readonly units: number
  /** How many the store has. */
  readonly kept: number
  /** Model rows of those that are missing, as the extensions declare them. */
  readonly rows: number
  /** The rows are an upper bound. */
  readonly adaptive: boolean
  /** Million floating-point operations of these rows, forward. */
  readonly mflop: number
  /** About what the missing ones will take in the store. */
  readonly bytes: number
}

/** What an evaluation is going to do: pure data. */
export interface Plan {
  readonly units: readonly PlannedUnits[]
  /** What is missing, cut into pieces that can be done on their own. */
  readonly jobs: readonly Job[]
  /** Rows of what is missing. */
  readonly rows: number
}

interface PlanInputs {
  readonly selection: Selection
  readonly shard: { readonly index: number; readonly of: number } | undefined
  readonly resolved: ResolvedConfig
  readonly host: Host
  readonly inputShape: readonly number[]
  readonly mflopPerRow: (model: string) => number
  readonly keys: UnitKeys
  readonly store: Store
  readonly batchRows: number
  /** How many jobs are done side by side. */
  readonly parallel: number
}

/** Examples of a job go side by side and are done at about the same time, so a job is what is lost when a run is stopped: of forward passes alone this takes a core of wasm about a minute. */
const mflopPerJob = 1e6

/** About what a score takes in the store. */
const scoreBytes = 250

/** Lists what an evaluation needs and what of it the store has not, and cuts that into jobs. */
export function planEvaluation({ selection, shard = { index: 1, of: 1 }, resolved, host, inputShape, mflopPerRow, keys, store, batchRows, parallel }: PlanInputs): Plan {
  const one: Cost = { rows: 1 }
  const attributers = Object.entries(resolved.attributers).map(([label, tree]) => ({ label, cost: host.cost(tree, inputShape) ?? one }))
  const metrics = Object.entries(resolved.metrics).map(([label, tree]) => ({ label, cost: host.cost(tree, inputShape) ?? one, neighbours: neighboursOf(tree) }))
  const rowsOf = (map: Cost, { rows, maps = 0, mapsInTurn = 0, shared = 0 }: Cost): number => rows + shared / attributers.length + map.rows * (maps + mapsInTurn)
  const mapBytes = 4 * inputShape.reduce((a, b) => a * b, 1)

  /** What is done with every example. */
  const columns = attributers.flatMap(({ label }) => [keys.map('', label), ...metrics.map((metric) => keys.score('', label, metric.label))])
  const units: PlannedUnits[] = []
  const jobs: { readonly job: Job; readonly mflop: number }[] = []
  for (const [model, all] of selection.subjects) {
    const shown = new Set(all.slice(0, galleryExamples))
    const subjects = all.filter((_, position) => position % shard.of === shard.index - 1)
    const subjectKeys = subjects.map(({ example, target }) => keys.subject(model, example, target))
    const missing = new Set<number>()
    const add = (unit: Pick<PlannedUnits, 'kind' | 'attributer' | 'metric'>, isThere: (subject: string, position: number) => boolean, rows: number, adaptive: boolean, bytes: number): number => {
      let kept = 0
      subjectKeys.forEach((subject, position) => {
        if (isThere(subject, position)) kept++
        else missing.add(position)
      })
      const left = (subjects.length - kept) * rows
      units.push({ ...unit, model, units: subjects.length, kept, rows: left, adaptive, mflop: left * mflopPerRow(model), bytes: (subjects.length - kept) * bytes })
      return subjects.length - kept
    }
    for (const { label: attributer, cost: map } of attributers) {
      add({ kind: 'map', attributer }, (subject) => store.has(keys.map(subject, attributer)), map.rows, map.adaptive === true, mapBytes)
      const made = new Set<string>()
      for (const { label: metric, cost, neighbours } of metrics) {
        // Metrics that ask for the same neighbours share them and their maps.
        const shares = neighbours !== undefined && made.has(neighbours)
        const missed = add({ kind: 'score', attributer, metric }, (subject, position) => store.has(keys.score(subject, attributer, metric)) && (!shown.has(subjects[position]!) || store.has(keys.seen(subject, attributer, metric))), shares ? 0 : rowsOf(map, cost), (map.adaptive ?? cost.adaptive) === true, scoreBytes)
        if (missed > 0 && neighbours !== undefined) made.add(neighbours)
      }
    }

    // As many examples to a job as fill a batch with the maps that the most demanding metric asks for, but work for all who do it, and no hours of it.
    const mapsPerExample = 1 + Math.max(0, ...metrics.map(({ cost }) => cost.maps ?? 0))
    const mflop = units.reduce((sum, unit) => sum + (unit.model === model ? unit.mflop : 0), 0)
    const left = [...missing].sort((a, b) => a - b)
    const full = Math.max(1, Math.min(Math.floor(batchRows / mapsPerExample), Math.ceil(left.length / parallel), Math.floor((mflopPerJob * left.length) / mflop)))
    for (let from = 0; from < left.length;) {
      const positions = left.slice(from, (from += jobSize(full, left.length - from, parallel)))
      const examples = positions.map((position) => jobExample(subjects[position]!, shown.has(subjects[position]!)))
      const id = hash(...columns, ...positions.map((position) => `${subjectKeys[position]!}${shown.has(subjects[position]!) ? ' shown' : ''}`)).slice(0, 40)
      jobs.push({ job: { id, model, examples }, mflop: (mflop * positions.length) / left.length })
    }
  }
  // Long ones first: who is done early finds short ones at the end.
  return { units, jobs: jobs.toSorted((a, b) => b.mflop - a.mflop).map(({ job }) => job), rows: units.reduce((sum, { rows }) => sum + rows, 0) }
}

/** Examples of the next job of `left`: towards the end fewer, so that who does the last one keeps the others waiting for a short time only. */
function jobSize(full: number, left: number, parallel: number): number {
  if (parallel === 1) return full
  return Math.min(full, Math.max(Math.ceil(full / 8), Math.ceil(left / (2 * parallel))))
}

/** Which neighbours a metric asks for, where it asks for some; metrics of one composition that say the same ask for the same. */
function neighboursOf({ use, options }: ResolvedExtension): string | undefined {
  const { sampler, samples } = options
  return isRecord(sampler) && typeof samples === 'number' ? canonicalJson([use, sampler, samples]) : undefined
}

function jobExample({ example: { index, id }, target }: Subject, shown: boolean): Job['examples'][number] {
  return { index, id, target, ...(shown && { shown }) }
}

/** Rows by which the work gets less with each judgement: those of the plan, spread over its scores. */
export function rowsPerScore({ units }: Plan): (model: string, attributer: string, metric: string) => number {
  const scores = new Map<string, PlannedUnits>()
  const maps = new Map<string, PlannedUnits>()
  const methods = new Map<string, number>()
  for (const unit of units) {
    if (unit.kind === 'map') maps.set(`${unit.model}\n${unit.attributer}`, unit)
    else {
      scores.set(`${unit.model}\n${unit.attributer}\n${unit.metric!}`, unit)
      if (unit.units > unit.kept) methods.set(`${unit.model}\n${unit.attributer}`, (methods.get(`${unit.model}\n${unit.attributer}`) ?? 0) + unit.units - unit.kept)
    }
  }
  return (model, attributer, metric) => {
    const unit = scores.get(`${model}\n${attributer}\n${metric}`)!
    const own = `${model}\n${attributer}`
    return unit.rows / Math.max(1, unit.units - unit.kept) + maps.get(own)!.rows / Math.max(1, methods.get(own) ?? 1)
  }
}
