import type { Results } from '@touchstone/evaluation'
import type { ComparisonName } from '../lens-table/comparisons.js'
import { curves, type Curve } from '../lens-table/curves.js'
import { label, type attackers } from './parts.js'

const drawn: readonly ComparisonName[] = ['top-k', 'LENS-recall', 'LENS-recall-div']

/** What an attack leaves of maps, over epsilon: a panel for each model, a curve for each comparison, a point for each of the results. */
export function figure(points: readonly { readonly epsilon: number; readonly results: Results }[], attacker: (typeof attackers)[number], compared: number): string {
  const sorted = points.toSorted((a, b) => a.epsilon - b.epsilon)
  const curve = (model: string, comparison: ComparisonName): Curve => ({
    name: comparison,
    points: [{ x: 0, y: 1, low: 1, high: 1 }, ...sorted.flatMap(({ epsilon, results }) => {
      const row = results.summary.find((one) => one.model === model && one.metric === label(attacker, comparison))
      return row?.mean == null ? [] : [{ x: epsilon, y: row.mean, low: row.ciLow ?? row.mean, high: row.ciHigh ?? row.mean }]
    })],
  })
  const models = new Set(sorted.flatMap(({ results }) => Object.keys(results.models)))
  return curves([...models].map((model) => ({ title: model, curves: drawn.map((comparison) => curve(model, comparison)) })), { x: 'epsilon', y: `share of the top ${compared} of saliency kept` })
}
