import type { Results, SummaryRow } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { counted, formatCount, formatMean } from '../numbers.js'
import { ranksOf, rankCell } from '../rank-cell.js'
import { table } from '../table.js'
import { directionArrow, directionWords } from '../words.js'

/** Methods x metrics, a table per model, and why scores are undefined. */
export function scores(results: Results, findings: Findings): Html {
  return html`<p>Mean over examples with its 95&nbsp;% bootstrap interval, and the place among the methods of the same model. <em>Open</em>: the interval overlaps with another method’s.
The heads of columns sort.</p>
${findings.models.map((model, index) => modelTable(findings, model, index))}
${undefinedScores(findings)}`
}

function modelTable(findings: Findings, model: string, index: number): Html {
  const { attributers, metrics } = findings
  const ranks = metrics.map((metric) => ranksOf(findings, model, metric))
  const head = html`<tr><th scope="col" aria-sort="none"><button type="button" data-sort="text">Method</button></th>${metrics.map((metric) => {
    const direction = findings.direction(metric)
    return html`<th scope="col" aria-sort="none"><button type="button" data-sort="${direction ?? 'lower'}" title="${directionWords(direction)}">${metric}${directionArrow(direction)}</button></th>`
  })}</tr>`
  const rows = attributers.map(
    (method, row) => html`<tr data-place="${row}"><th scope="row">${method}</th>${metrics.map((metric, column) => scoreCell(findings.summary(model, method, metric), rankCell(ranks[column]![row])))}</tr>`,
  )
  return table(`scores-${index}`, html`<strong>Model ${model}</strong>, ${counted(findings.evaluated(model), 'input')}`, head, [html`<tbody>${rows}</tbody>`], 'sortable')
}

function scoreCell(row: SummaryRow | undefined, rank: Html): Html {
  if (!row) return html`<td class="none" data-value="">not in the results</td>`
  const missing = row.undefined > 0 ? html`<span class="flag">${formatCount(row.undefined)} undefined, n ${formatCount(row.n)}</span>` : undefined
  if (row.mean === null) return html`<td class="score" data-value=""><span class="none">no value</span>${missing}</td>`
  const words = formatMean(row.mean, row.ciLow, row.ciHigh)
  return html`<td class="score" data-value="${row.mean}"><span class="mean"><b>${words.mean}</b> ${rank}</span><span class="interval">${words.interval ?? 'no interval'}</span>${robustShare(row)}${missing}</td>`
}

function robustShare({ robust }: SummaryRow): Html | undefined {
  return robust && html`<span class="interval">robust on ${percent(robust.share)} % [${percent(robust.ciLow)}, ${percent(robust.ciHigh)}]</span>`
}

const percent = (share: number) => Math.round(100 * share)

/** How many scores are undefined, of whom and why. */
function undefinedScores(findings: Findings): Html | undefined {
  const found = findings.metrics.flatMap((metric) =>
    findings.models.flatMap((model) => findings.attributers.flatMap((method) => findings.summary(model, method, metric) ?? [])).filter((row) => row.undefined > 0),
  )
  if (found.length === 0) return undefined
  const rows = found.map((row) => html`<tr><th scope="row">${row.metric}</th><td>${row.model}</td><td>${row.attributer}</td><td class="number">${formatCount(row.undefined)} of ${formatCount(row.undefined + row.n)}</td><td>${reasons(findings, row)}</td></tr>`)
  return html`<div id="undefined">${table(
    'undefined-scores',
    html`<strong class="flag">Undefined scores.</strong> They are left out of means, so methods with different counts are not compared on the same examples.`,
    html`<tr><th scope="col">Metric</th><th scope="col">Model</th><th scope="col">Method</th><th scope="col" class="number">Undefined</th><th scope="col">Because</th></tr>`,
    [html`<tbody>${rows}</tbody>`],
  )}</div>`
}

function reasons(findings: Findings, { model, attributer, metric, undefined: count }: SummaryRow): Html {
  const known = findings.reasons(model, attributer, metric)
  const unexplained = count - known.reduce((sum, reason) => sum + reason.count, 0)
  const list = unexplained > 0 ? [...known, { reason: 'no reason was given', count: unexplained }] : known
  return html`<ul class="plain">${list.map((one) => html`<li>${formatCount(one.count)} × ${one.reason}</li>`)}</ul>`
}
