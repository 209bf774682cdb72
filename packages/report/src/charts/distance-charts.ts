import type { Gallery } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { groupBy } from '../group-by.js'
import { formatCount } from '../numbers.js'
import { listed } from '../words.js'
import { colourScale, plotWidth, valuesOf, type ReportChart } from './chart.js'

/** A sampler's histograms, and how many of its neighbours were accepted. */
export interface DistanceCharts {
  readonly sampler: string
  readonly metrics: readonly string[]
  readonly charts: readonly ReportChart[]
  readonly accepted: number
  readonly drawn: number
  /** Why neighbours were refused, the most frequent reason first. */
  readonly refused: readonly (readonly [reason: string, count: number])[]
}

/** Per sampler, how far its accepted neighbours lie: in the input and in the logit. Those that methods share count once. */
export function distanceCharts(gallery: Gallery, findings: Findings): readonly DistanceCharts[] {
  return [...groupBy(gallery.neighbours, ({ sampler, metrics }) => JSON.stringify([sampler, metrics])).values()].map((group, index) => {
    const once = [...new Map(group.map((one) => [JSON.stringify([one.model, one.example, one.inputDistances, one.logitDistances]), one])).values()]
    const all = once.flatMap(({ model, rejected, inputDistances, logitDistances }) => rejected.map((reason, place) => ({ model, reason, input: inputDistances[place]!, logit: logitDistances[place]! })))
    const accepted = all.filter(({ reason }) => reason === null)
    const refused = [...groupBy(all.flatMap(({ reason }) => reason ?? []), (reason) => reason)].map(([reason, ones]) => [reason, ones.length] as const).sort(([, a], [, b]) => b - a)
    const { sampler, metrics } = group[0]!
    const chart = (name: 'input' | 'logit', title: string): ReportChart => ({
      name: `${name}-distances-${index}`,
      title: name === 'input' ? 'Distance of inputs' : 'Distance of logits',
      description: `Histogram of ${title} over ${formatCount(accepted.length)} accepted neighbours by ${sampler}, on ${listed(findings.models)}`,
      vegaLite: histogram(accepted.map((one) => ({ model: one.model, value: one[name] })), findings.models, title),
    })
    return { sampler, metrics, accepted: accepted.length, drawn: all.length, refused, charts: accepted.length === 0 ? [] : [chart('input', '‖x̃ − x‖₂'), chart('logit', 'F(x) − F(x̃), logit of the class')] }
  })
}

function histogram(values: readonly { readonly model: string; readonly value: number }[], models: readonly string[], title: string): ReportChart['vegaLite'] {
  return {
    data: valuesOf(values),
    width: plotWidth,
    height: 130,
    mark: { type: 'bar', opacity: 0.6, binSpacing: 0 },
    encoding: {
      x: { field: 'value', type: 'quantitative', bin: { maxbins: 24 }, axis: { title } },
      y: { aggregate: 'count', type: 'quantitative', stack: null, axis: { title: 'neighbours' } },
      color: { field: 'model', scale: colourScale(models), legend: models.length > 1 ? {} : null },
    },
  }
}
