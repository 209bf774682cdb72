import type { Findings } from '../findings.js'
import { formatNumber } from '../numbers.js'
import { colourScale, dashScale, valuesOf, type ReportChart } from './chart.js'

const height = 190
/** Between two labels at the end of lines, in CSS pixels. */
const apart = 13

/** From model to model: a line per method, its mean by a metric on each. `undefined` with fewer than two models or methods. */
export function slopeChart(findings: Findings, metric: string): ReportChart | undefined {
  const { models, attributers } = findings
  const values = attributers.flatMap((method) => models.flatMap((model) => {
    const mean = findings.summary(model, method, metric)?.mean
    return typeof mean === 'number' ? [{ model, method, mean }] : []
  }))
  const means = values.map(({ mean }) => mean)
  if (models.length < 2 || new Set(values.map(({ method }) => method)).size < 2 || new Set(values.map(({ model }) => model)).size < 2) return undefined
  const [low, high] = [Math.min(...means), Math.max(...means)]
  const room = (high - low || Math.abs(high) || 1) * 0.06
  const domain = [low - room, high + room]
  const last = models.at(-1)!
  const labels = spread(values.filter(({ model }) => model === last), ((domain[1]! - domain[0]!) * apart) / height)
  const y = (field: string) => ({ field, type: 'quantitative', scale: { domain, nice: false, zero: false }, axis: { title: null, grid: false } })
  const x = { field: 'model', type: 'nominal', sort: models, scale: { domain: models, type: 'point', padding: 0.12 }, axis: { title: null, labelAngle: 0, labelLimit: 90, grid: true, ticks: false } }
  const colour = { field: 'method', scale: colourScale(attributers), legend: null }
  return {
    name: 'slopes',
    title: 'From model to model',
    description: `Means by ${metric} on ${models.join(', then ')}: ${attributers.map((method) => `${method} ${values.filter((one) => one.method === method).map(({ mean }) => formatNumber(mean)).join(' to ')}`).join(', ')}`,
    vegaLite: {
      height,
      width: Math.max(130, 75 * models.length),
      layer: [
        { data: valuesOf(values), mark: { type: 'line', strokeWidth: 1.8, point: { size: 34, filled: true } }, encoding: { x, y: y('mean'), color: colour, strokeDash: { field: 'method', scale: dashScale(attributers), legend: null } } },
        { data: valuesOf(labels), mark: { type: 'text', align: 'left', dx: 9, limit: 190, fontSize: 11 }, encoding: { x, y: y('at'), text: { field: 'method' }, color: colour } },
      ],
    },
  }
}

interface Label {
  readonly model: string
  readonly method: string
  readonly mean: number
}

/** Labels beside their values, none nearer to the next than `gap`: those that would touch stand around their common middle. */
function spread(values: readonly Label[], gap: number): readonly (Label & { readonly at: number })[] {
  const groups: { readonly labels: Label[]; middle: number }[] = []
  const reach = ({ labels }: { readonly labels: readonly Label[] }) => ((labels.length - 1) * gap) / 2
  for (const label of values.toSorted((a, b) => a.mean - b.mean)) {
    groups.push({ labels: [label], middle: label.mean })
    for (let last = groups.at(-1)!, before = groups.at(-2); before && last.middle - reach(last) < before.middle + reach(before) + gap; last = before, before = groups.at(-2)) {
      before.labels.push(...last.labels)
      before.middle = before.labels.reduce((sum, { mean }) => sum + mean, 0) / before.labels.length
      groups.pop()
    }
  }
  return groups.flatMap((group) => group.labels.map((label, index) => ({ ...label, at: group.middle - reach(group) + index * gap })))
}
