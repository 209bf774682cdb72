import { stackRows, type Rows } from '@touchstone/core'
import { allResults } from './all-results.js'
import type { EvaluationConfig } from './config.js'
import type { Gallery } from './gallery.js'
import { openEvaluation, type EvaluateOptions } from './open-evaluation.js'
import type { Results, RunRecord, SummaryRow } from './results.js'

/** What an evaluation found, all of it in memory. */
export interface Evaluation {
  readonly results: Results
  readonly run: RunRecord
  /** `[examples, ...inputShape]`, in the order of `results.examples`. */
  readonly inputs: Rows
  /** By model and attributer: `[n, ...inputShape]`, in the order of the model's `results.predictions`. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
  /** Neighbours of a few examples, what metrics look at, and the charts of plugins. */
  readonly gallery: Gallery
  /** `results.summary`. */
  readonly summary: readonly SummaryRow[]
}

/**
 * Evaluates attribution methods: every model x example x attributer x metric of the config. Where inputs and maps are too many for memory, `openEvaluation`
 * gives them one by one.
 *
 * @throws ConfigError (a UserError) with every problem of the config, before any work.
 * @throws UserError where data does not fit; the signal's reason where it was stopped.
 */
export async function evaluate(config: EvaluationConfig, options: EvaluateOptions = {}): Promise<Evaluation> {
  await using evaluation = await openEvaluation(config, options)
  const finished = await evaluation.run()
  const { run, input, map, gallery } = finished
  const results = await allResults(finished)
  const shape = results.dataset.inputShape
  const stacked = async (count: number, read: (index: number) => Promise<Float32Array>): Promise<Rows> => stackRows(await Promise.all(Array.from({ length: count }, (_, index) => read(index))), shape)
  const maps = new Map<string, ReadonlyMap<string, Rows>>()
  for (const model of Object.keys(results.models)) {
    const count = results.predictions.filter((prediction) => prediction.model === model).length
    const byAttributer = new Map<string, Rows>()
    for (const attributer of Object.keys(results.config.attributers)) byAttributer.set(attributer, await stacked(count, (index) => map(model, attributer, index)))
    maps.set(model, byAttributer)
  }
  return { results, run, inputs: await stacked(results.examples.length, input), maps, gallery, summary: results.summary }
}
