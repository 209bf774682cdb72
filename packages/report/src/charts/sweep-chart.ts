import { canonicalJson, isRecord } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { groupBy } from '../group-by.js'
import { listed } from '../words.js'
import { axisTitle, type ReportChart } from './chart.js'
import { lineChart } from './curve-chart.js'

/** Metrics that are the same but for one number, such as the eps of an attack. */
interface Sweep {
  /** The option's path, as in `sampler.radius`. */
  readonly option: string
  readonly points: readonly { readonly metric: string; readonly x: number }[]
}

/** Metrics of a config of which three or more differ by one number alone. */
function sweepsOf({ config }: Results): readonly Sweep[] {
  const numbers = Object.entries(config.metrics).flatMap(([metric, tree]) => {
    const leaves = leavesOf(tree.options, '')
    return leaves.flatMap(([option, x]) => (typeof x === 'number' ? [{ metric, option, x, rest: canonicalJson([tree.use, option, leaves.filter(([name]) => name !== option)]) }] : []))
  })
  return [...groupBy(numbers, ({ rest }) => rest).values()]
    .filter((points) => new Set(points.map(({ x }) => x)).size >= 3)
    .map((points) => ({ option: points[0]!.option, points: points.map(({ metric, x }) => ({ metric, x })) }))
}

/** Means over the number by which metrics differ: a chart per sweep and model. */
export function sweepCharts(results: Results, findings: Findings): readonly ReportChart[] {
  return sweepsOf(results).flatMap(({ option, points }, index) =>
    findings.models.flatMap((model) => {
      const values = findings.attributers.flatMap((method) =>
        points.flatMap(({ metric, x }) => {
          const value = findings.summary(model, method, metric)?.mean
          return typeof value === 'number' ? [{ method, x, y: value }] : []
        }),
      )
      if (values.length === 0) return []
      return [
        {
          name: `sweep-${index}-${model}`,
          title: `By ${option} on ${model}`,
          description: `Means by ${listed(points.map(({ metric }) => metric))} on ${model} over ${option}, a line for each of ${findings.attributers.join(', ')}`,
          vegaLite: lineChart(values, findings.attributers, { x: option, y: axisTitle(findings.direction(points[0]!.metric)) }),
        },
      ]
    }),
  )
}

/** What stands at the ends of a tree of options, by path; the options of an extension stand under its own option. */
function leavesOf(value: unknown, path: string): readonly (readonly [path: string, value: unknown])[] {
  if (!isRecord(value)) return [[path, value]]
  const { options, use } = value
  const members = isRecord(options) && typeof use === 'string' ? { ...options, '': use } : value
  return Object.entries(members).flatMap(([name, member]) => leavesOf(member, path === '' ? name : name === '' ? path : `${path}.${name}`))
}
