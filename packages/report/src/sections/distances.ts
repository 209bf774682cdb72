import type { DistanceCharts } from '../charts/distance-charts.js'
import { html, type Html } from '../html.js'
import { counted, formatCount } from '../numbers.js'
import { listed } from '../words.js'

/** How far the neighbours of each sampler lie, and how many it refused. */
export function distances(samplers: readonly (DistanceCharts & { readonly figures: readonly Html[] })[], examples: number): Html {
  return html`<p>What stands behind a score of robustness is what counts as near. Of the first ${counted(examples, 'example')} of each model every neighbour is counted, accepted ones are drawn; how the other
examples’ neighbours lie stands in the diagnostics of <code>results.json</code>.</p>
${samplers.map(
  ({ sampler, metrics, accepted, drawn, refused, figures }) => html`<section class="metric"><h3>${sampler} <span class="soft">for ${listed(metrics)}</span></h3>
<p>${formatCount(accepted)} of ${counted(drawn, 'neighbour')} accepted${refused.length === 0 ? '' : html`; refused: ${listed(refused.map(([reason, count]) => `${formatCount(count)} × ${reason}`))}`}.</p>
<div class="charts">${figures}</div></section>`,
)}`
}
