import type { Results, SummaryRow } from '@touchstone/evaluation'
import { axis, dotPlot, emptyPlot, scaleOf, type Scale } from '../dot-plot.js'
import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { formatCount, formatMean, formatNumber } from '../numbers.js'
import { rankCell, ranksOf } from '../rank-cell.js'
import { groupRow, table } from '../table.js'
import { directionWords, extensionWords, listed } from '../words.js'

const columns = 6

/** One table per metric: every model and method with its mean, interval, rank and what is undefined. */
export function scores({ config }: Results, findings: Findings): readonly Html[] {
  return findings.metrics.map((metric, index) => {
    const scale = scaleOf(numbersOf(findings, metric))
    const extension = config.metrics[metric]
    const words = directionWords(findings.direction(metric))
    const head = html`<tr><th scope="col">Method</th><th scope="col">Rank</th><th scope="col">Mean [95&nbsp;% interval]</th>
<th scope="col" class="drawn"><span class="aside">The same, drawn</span>${axis(scale)}</th><th scope="col" class="number">n</th><th scope="col">Undefined</th></tr>`
    return html`<section class="metric" aria-labelledby="metric-${index}">
<h3 id="metric-${index}">${metric}</h3>
<p><strong>${words.charAt(0).toUpperCase() + words.slice(1)}.</strong>${extension && html` The metric is ${extensionWords(extension)}.`}</p>
${table(`scores-${index}`, html`<span class="aside">Scores by ${metric}</span>`, head, findings.models.map((model) => modelRows(findings, model, metric, scale)))}
${unequal(findings, metric)}
</section>`
  })
}

function modelRows(findings: Findings, model: string, metric: string, scale: Scale): Html {
  const ranks = ranksOf(findings, model, metric)
  const rows = findings.attributers.map((attributer, index) => {
    const row = findings.summary(model, attributer, metric)
    if (!row) return html`<tr><th scope="row">${attributer}</th><td colspan="${columns - 1}" class="none">not in the results</td></tr>`
    return html`<tr><th scope="row">${attributer}</th><td>${rankCell(ranks[index])}</td><td class="mean">${meanCell(row)}${robustNote(row)}</td>
<td class="drawn">${row.mean === null ? emptyPlot(scale) : dotPlot(scale, row.mean, row.ciLow, row.ciHigh)}</td><td class="number">${formatCount(row.n)}</td><td>${undefinedCell(findings, row)}</td></tr>`
  })
  return html`<tbody>${groupRow(model, columns)}${rows}</tbody>`
}

function meanCell({ mean, ciLow, ciHigh }: SummaryRow): Html {
  if (mean === null) return html`<span class="none">no value</span>`
  const words = formatMean(mean, ciLow, ciHigh)
  return html`<b>${words.mean}</b> <span class="interval">${words.interval ?? 'no interval'}</span>`
}

/** At how many examples the method counts as robust, where the metric says what counts. */
function robustNote({ robust }: SummaryRow): Html | undefined {
  if (!robust) return undefined
  const percent = (share: number) => formatNumber(100 * share, 2)
  return html`<p class="robust">robust at ${percent(robust.share)}&nbsp;% <span class="interval">[${percent(robust.ciLow)}, ${percent(robust.ciHigh)}]</span> of examples</p>`
}

function undefinedCell(findings: Findings, { model, attributer, metric, undefined: count }: SummaryRow): Html {
  if (count === 0) return html`0`
  const reasons = findings.reasons(model, attributer, metric)
  const unexplained = count - reasons.reduce((sum, reason) => sum + reason.count, 0)
  const list = unexplained > 0 ? [...reasons, { reason: 'no reason was given', count: unexplained }] : reasons
  const hover = list.map((one) => `${one.count} × ${one.reason}`).join('\n')
  return html`<details class="reasons"><summary title="${hover}"><span class="flag">${formatCount(count)} undefined</span></summary>
<ul>${list.map((one) => html`<li>${formatCount(one.count)} × ${one.reason}</li>`)}</ul></details>`
}

/** Says so where the methods of a model were not judged on the same examples. */
function unequal(findings: Findings, metric: string): Html | undefined {
  const models = findings.models.filter((model) => new Set(findings.attributers.flatMap((attributer) => findings.summary(model, attributer, metric)?.n ?? [])).size > 1)
  if (models.length === 0) return undefined
  return html`<p class="caution">Undefined examples are left out of the mean, so the methods of ${models.length === 1 ? 'model' : 'the models'} ${listed(models)} are not compared on the same examples here.</p>`
}

function numbersOf(findings: Findings, metric: string): readonly number[] {
  return findings.models.flatMap((model) =>
    findings.attributers.flatMap((attributer) => {
      const row = findings.summary(model, attributer, metric)
      return [row?.mean, row?.ciLow, row?.ciHigh].filter((value) => typeof value === 'number')
    }),
  )
}
