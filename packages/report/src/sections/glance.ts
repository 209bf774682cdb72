import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { counted } from '../numbers.js'
import { rankCell, ranksOf } from '../rank-cell.js'
import { groupRow, table } from '../table.js'
import { directionArrow } from '../words.js'

/** Every rank in one table: methods by metrics, model after model. */
export function glance(findings: Findings): Html | undefined {
  const { models, attributers, metrics } = findings
  if (metrics.length < 2) return undefined
  const head = html`<tr><th scope="col">Method</th>${metrics.map((metric) => html`<th scope="col">${metric}${directionArrow(findings.direction(metric))}</th>`)}</tr>`
  const bodies = models.map((model) => {
    const ranks = metrics.map((metric) => ranksOf(findings, model, metric))
    const rows = attributers.map(
      (attributer, index) =>
        html`<tr><th scope="row">${attributer}</th>${metrics.map((metric, column) => {
          const missing = findings.summary(model, attributer, metric)?.undefined ?? 0
          return html`<td>${rankCell(ranks[column]![index])}${missing > 0 ? html`<span class="flag">${counted(missing, 'example')} undefined</span>` : undefined}</td>`
        })}</tr>`,
    )
    return html`<tbody>${groupRow(model, metrics.length + 1)}${rows}</tbody>`
  })
  return table('glance', html`<strong>Ranks at a glance.</strong> Place among the methods of the same model, by the mean of each metric; 1 is best. Open: the 95 % interval overlaps with that of another method, so the order is not settled.`, head, bodies)
}
