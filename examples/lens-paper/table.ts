import type { Results } from '@touchstone/evaluation'
import { comparisonsOf, type ComparisonName } from '../lens-table/comparisons.js'
import { label, samplerNames } from './parts.js'

const comparisons = Object.keys(comparisonsOf(1)) as ComparisonName[]

/** What is left of maps, by model, method and sampler: means with 95 % intervals, as Markdown. */
export function table({ summary }: Results): string {
  const lines = [`| model | method | sampler | n | ${comparisons.join(' | ')} |`, `|---|---|---|---|${comparisons.map(() => '---').join('|')}|`]
  const of = (model: string, method: string, metric: string) => summary.find((row) => row.model === model && row.attributer === method && row.metric === metric)
  for (const model of new Set(summary.map((row) => row.model)))
    for (const method of new Set(summary.map(({ attributer }) => attributer)))
      for (const sampler of samplerNames) {
        const rows = comparisons.map((comparison) => of(model, method, label(sampler, comparison)))
        if (!rows[0]) continue
        const cells = rows.map((row) => (row?.mean == null ? '-' : `${row.mean.toFixed(2)}${row.ciLow == null || row.ciHigh == null ? '' : ` [${row.ciLow.toFixed(2)}, ${row.ciHigh.toFixed(2)}]`}`))
        lines.push(`| ${model} | ${method} | ${sampler} | ${rows[0].n} of ${rows[0].n + rows[0].undefined} | ${cells.join(' | ')} |`)
      }
  return `${lines.join('\n')}\n`
}
