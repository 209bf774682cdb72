import type { Direction } from '@touchstone/core'
import type { Prediction, Results, ResultRow, SummaryRow } from '@touchstone/evaluation'

/** Why a value is undefined, and for how many examples. */
export interface Reason {
  readonly reason: string
  readonly count: number
}

/** Results by the labels under which a reader looks for them; labels stand in the order of the config. */
export class Findings {
  readonly models: readonly string[]
  readonly attributers: readonly string[]
  readonly metrics: readonly string[]
  readonly #rows = new Map<string, ResultRow>()
  readonly #summary = new Map<string, SummaryRow>()
  readonly #reasons = new Map<string, Map<string, number>>()
  readonly #directions = new Map<string, Direction>()
  /** By model, in order; and where that of an example stands. */
  readonly #predictions = new Map<string, { readonly list: Prediction[]; readonly positions: Map<string, number> }>()

  constructor({ config, rows, summary, predictions }: Results) {
    this.models = union(Object.keys(config.models), summary.map(({ model }) => model))
    this.attributers = union(Object.keys(config.attributers), summary.map(({ attributer }) => attributer))
    this.metrics = union(Object.keys(config.metrics), summary.map(({ metric }) => metric))
    for (const row of rows) {
      this.#rows.set(key(row.model, row.example, row.attributer, row.metric), row)
      if (row.value === null) this.#count(key(row.model, row.attributer, row.metric), row.reason ?? 'no reason was given')
    }
    for (const row of summary) {
      this.#summary.set(key(row.model, row.attributer, row.metric), row)
      this.#directions.set(row.metric, row.direction)
    }
    for (const prediction of predictions) {
      const own = this.#predictions.get(prediction.model) ?? { list: [], positions: new Map<string, number>() }
      this.#predictions.set(prediction.model, own)
      own.positions.set(prediction.example, own.list.push(prediction) - 1)
    }
  }

  summary(model: string, attributer: string, metric: string): SummaryRow | undefined {
    return this.#summary.get(key(model, attributer, metric))
  }

  row(model: string, example: string, attributer: string, metric: string): ResultRow | undefined {
    return this.#rows.get(key(model, example, attributer, metric))
  }

  /** What a model says of an example, and which of the model's maps belong to it; `undefined` where it was not evaluated. */
  prediction(model: string, example: string): { readonly prediction: Prediction; readonly position: number } | undefined {
    const own = this.#predictions.get(model)
    const position = own?.positions.get(example)
    return position === undefined ? undefined : { prediction: own!.list[position]!, position }
  }

  /** On how many examples a model was evaluated. */
  evaluated(model: string): number {
    return this.#predictions.get(model)?.list.length ?? 0
  }

  direction(metric: string): Direction | undefined {
    return this.#directions.get(metric)
  }

  /** Why values are undefined, the most frequent reason first. */
  reasons(model: string, attributer: string, metric: string): readonly Reason[] {
    const counts = this.#reasons.get(key(model, attributer, metric)) ?? new Map<string, number>()
    return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
  }

  #count(where: string, reason: string): void {
    const counts = this.#reasons.get(where) ?? new Map<string, number>()
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
    this.#reasons.set(where, counts)
  }
}

function key(...labels: readonly string[]): string {
  return JSON.stringify(labels)
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])]
}
