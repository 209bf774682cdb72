import type { ResultsOverview, SummaryRow } from '@touchstone/evaluation'
import { rankingsText } from './rankings-text.js'
import { formatNumber, formatTable } from './table.js'

/** What a run tells at its end: means, ranks, and how far models agree. */
export function summaryText(overview: ResultsOverview): string {
  return [summaryTable(overview), rankingsText(overview)].filter((text) => text !== '').join('\n\n')
}

/** One table per model: a line per method, a column per metric; means with their 95 % intervals, and how many scores are undefined. */
function summaryTable({ config, summary, predictions }: ResultsOverview): string {
  const metrics = Object.keys(config.metrics)
  const cell = (model: string, attributer: string, metric: string): string => formatCell(summary.find((row) => row.model === model && row.attributer === attributer && row.metric === metric)!)
  const heading = (metric: string): string => `${metric} (${summary.find((row) => row.metric === metric)!.direction} is better)`
  return Object.keys(config.models)
    .map((model) => {
      const examples = predictions.filter((prediction) => prediction.model === model).length
      const rows = Object.keys(config.attributers).map((attributer) => [attributer, ...metrics.map((metric) => cell(model, attributer, metric))])
      return `model ${model}, ${examples} examples: mean [95 % interval]\n${formatTable([['method', ...metrics.map(heading)], ...rows])}`
    })
    .join('\n\n')
}

function formatCell({ mean, ciLow, ciHigh, undefined: missing, n }: SummaryRow): string {
  if (mean === null) return `undefined (${missing})`
  const interval = ciLow === null || ciHigh === null ? '' : ` [${formatNumber(ciLow)}, ${formatNumber(ciHigh)}]`
  return `${formatNumber(mean)}${interval}${missing > 0 ? ` (${missing} of ${n + missing} undefined)` : ''}`
}
