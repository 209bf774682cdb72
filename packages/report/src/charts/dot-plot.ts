import type { Findings } from '../findings.js'
import { formatNumber } from '../numbers.js'
import { axisTitle, colourScale, plotWidth, shapeScale, valuesOf, type ReportChart } from './chart.js'

/** The means of a metric with their 95 % intervals: a row per method, a dot per model. `undefined` where there is no mean. */
export function dotPlot(findings: Findings, metric: string): ReportChart | undefined {
  const { models, attributers } = findings
  const found = models.flatMap((model) => attributers.flatMap((method) => findings.summary(model, method, metric) ?? []))
  const values = found.flatMap(({ model, attributer: method, mean, ciLow, ciHigh }) => (mean === null ? [] : [{ model, method, mean, low: ciLow ?? mean, high: ciHigh ?? mean }]))
  if (values.length === 0) return undefined
  const y = { field: 'method', type: 'nominal', sort: attributers, scale: { domain: attributers }, title: null, axis: { domain: false, ticks: false, grid: false } }
  const position = { y, ...(models.length > 1 && { yOffset: { field: 'model', sort: models, scale: { paddingOuter: 0.8 } } }), color: { field: 'model', scale: colourScale(models), legend: models.length > 1 ? {} : null } }
  const x = (field: string) => ({ field, type: 'quantitative', scale: { zero: false, nice: true }, axis: { title: axisTitle(findings.direction(metric)) } })
  return {
    name: 'dots',
    title: metric,
    description: `Means by ${metric} with 95 % intervals: ${values.map((one) => `${one.method} on ${one.model} ${formatNumber(one.mean)}`).join(', ')}`,
    vegaLite: {
      data: valuesOf(values),
      width: plotWidth,
      height: { step: models.length > 1 ? Math.max(9, 22 / models.length) : 24, ...(models.length > 1 && { for: 'offset' }) },
      layer: [
        { mark: { type: 'rule', strokeWidth: 2 }, encoding: { x: x('low'), x2: { field: 'high' }, ...position } },
        { mark: { type: 'point', filled: true, opacity: 1, size: 62 }, encoding: { x: x('mean'), ...position, shape: { field: 'model', scale: shapeScale(models), legend: models.length > 1 ? {} : null } } },
      ],
    },
  }
}
