import type { MeanCurve, MetricFacts } from '@touchstone/evaluation'
import { colourScale, dashScale, plotWidth, valuesOf, type ReportChart } from './chart.js'

/** A line per method of the means of `y` at each `x`. */
export function lineChart(values: readonly { readonly method: string; readonly x: number; readonly y: number }[], attributers: readonly string[], axes: { readonly x: string; readonly y: string }): ReportChart['vegaLite'] {
  const axis = (title: string, zero: boolean) => ({ type: 'quantitative', scale: { zero, nice: !zero }, axis: { title } })
  const distinct = new Set(values.map(({ x }) => x)).size
  return {
    data: valuesOf(values),
    width: plotWidth,
    height: 160,
    mark: { type: 'line', strokeWidth: 1.8, ...(distinct < 12 && { point: { size: 26, filled: true } }) },
    encoding: {
      x: { field: 'x', ...axis(axes.x, false) },
      y: { field: 'y', ...axis(axes.y, false) },
      color: { field: 'method', scale: colourScale(attributers), legend: {} },
      strokeDash: { field: 'method', scale: dashScale(attributers), legend: null },
    },
  }
}

/**
 * The curves behind a metric's values on one model, such as the output over the share of pixels taken away: at each x the mean over the examples that have a
 * point there. `undefined` where there are none.
 */
export function curveChart(curves: readonly MeanCurve[], attributers: readonly string[], model: string, metric: string, axes: MetricFacts['curve']): ReportChart | undefined {
  const own = new Map(curves.flatMap((curve) => (curve.model === model && curve.metric === metric ? [[curve.attributer, curve]] : [])))
  const values = attributers.flatMap((method) => own.get(method)?.x.map((x, index) => ({ method, x, y: own.get(method)!.y[index]! })) ?? [])
  if (values.length === 0) return undefined
  return {
    name: `curves-${model}`,
    title: `Curves on ${model}, means over examples`,
    description: `Mean curves of ${metric} on ${model}: ${axes?.y ?? 'value'} by ${axes?.x ?? 'position'}, a line for each of ${attributers.join(', ')}`,
    vegaLite: lineChart(values, attributers, axes ?? { x: '', y: '' }),
  }
}
