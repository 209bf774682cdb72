import type { Results, RunRecord } from '@touchstone/evaluation'
import { html, type Html } from '../html.js'
import { counted, formatCount, formatNumber, formatSeconds } from '../numbers.js'
import { table } from '../table.js'

/** What the run took: rows, seconds, and on which machine. */
export function cost({ models }: Results, run: RunRecord | undefined): Html {
  if (!run) return html`<p>No record of the run was given, so its time, its machine and its model rows are not known here.</p>`
  const { host, stages, rowsRun, executor, batchRows, startedAt, seconds, warnings } = run
  const rows = Object.entries(rowsRun).map(
    ([model, count]) =>
      html`<tr><th scope="row">${model}</th><td class="number">${formatCount(count)}</td><td class="number">${Object.hasOwn(models, model) ? formatNumber(models[model]!.mflopPerRow) : 'unknown'}</td></tr>`,
  )
  const times = stages.map(
    (one) =>
      html`<tr><th scope="row">${one.stage}</th><td class="number">${formatSeconds(one.seconds)}</td><td class="number">${seconds > 0 ? `${Math.round((100 * one.seconds) / seconds)} %` : '–'}</td></tr>`,
  )
  return html`<p>Started at ${startedAt}; took ${formatSeconds(seconds)} on ${host ? `${host.runtime}, ${host.platform}, ${counted(host.cores, 'core')}` : 'a machine that is not named'};
executor ${executor.use}, at most ${counted(batchRows, 'row')} at once. These numbers differ from run to run; the scores do not depend on them.</p>
<div class="beside">
${table('rows-run', html`Rows that went through each model in this run`, html`<tr><th scope="col">Model</th><th scope="col" class="number">Rows</th><th scope="col" class="number">MFLOP per row</th></tr>`, [html`<tbody>${rows}</tbody>`])}
${table('stages', html`Time per stage`, html`<tr><th scope="col">Stage</th><th scope="col" class="number">Time</th><th scope="col" class="number">Share</th></tr>`, [html`<tbody>${times}</tbody>`])}
</div>
${warnings.length > 0 ? html`<div class="caution"><p>Warnings of this run:</p><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></div>` : undefined}`
}
