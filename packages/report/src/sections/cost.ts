import type { Results, RunRecord } from '@touchstone/evaluation'
import { html, type Html, type Part } from '../html.js'
import { counted, formatCount, formatNumber, formatSeconds } from '../numbers.js'
import { table } from '../table.js'

/** What the run took: rows, seconds, and on which machine. */
export function cost({ models }: Results, run: RunRecord | undefined): Html {
  if (!run) return html`<p>No record of the run was given, so its time, its machine and its model rows are not known here.</p>`
  const { host, stages, rowsRun, executor, batchRows, startedAt, seconds, work, warnings } = run
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
${work ? workTable(work, rowsRun) : undefined}
<div class="beside">
${table('rows-run', html`Rows that went through each model in this run`, html`<tr><th scope="col">Model</th><th scope="col" class="number">Rows</th><th scope="col" class="number">MFLOP per row</th></tr>`, [html`<tbody>${rows}</tbody>`])}
${table('stages', html`Time per stage`, html`<tr><th scope="col">Stage</th><th scope="col" class="number">Time</th><th scope="col" class="number">Share</th></tr>`, [html`<tbody>${times}</tbody>`])}
</div>
${warnings.length > 0 ? html`<div class="caution"><p>Warnings of this run:</p><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></div>` : undefined}`
}

/** Seconds by what they went into, a column per model. */
function workTable(work: NonNullable<RunRecord['work']>, rowsRun: RunRecord['rowsRun']): Html {
  const models = Object.keys(work)
  const methods = [...new Set(models.flatMap((model) => Object.keys(work[model]!.maps)))]
  const cell = (model: string, seconds: number) => html`<td class="number">${formatSeconds(seconds)}</td><td class="number">${share(seconds, work[model]!.total)}</td>`
  const inModel = (model: string) => Object.values(work[model]!.maps).reduce((sum, seconds) => sum + seconds, work[model]!.predict)
  const row = (name: Part, value: (model: string) => number) => html`<tr><th scope="row">${name}</th>${models.map((model) => cell(model, value(model)))}</tr>`
  return table(
    'work',
    html`Seconds of work that this run computed, over all threads. Maps are nearly all passes through the model; scores ask it for outputs in between.`,
    html`<tr><th scope="col">Work</th>${models.map((model) => html`<th scope="col" class="number">${model}</th><th scope="col" class="number">Share</th>`)}</tr>`,
    [
      html`<tbody>${methods.map((method) => row(html`maps of ${method}`, (model) => work[model]!.maps[method] ?? 0))}
${row('outputs for samplers and scores', (model) => work[model]!.predict)}
${row(html`<strong>maps and outputs, mostly in the model</strong>`, inModel)}
${row('formulas, samplers, store', (model) => Math.max(0, work[model]!.total - inModel(model)))}
${row('in all', (model) => work[model]!.total)}
<tr><th scope="row">rows per second of work</th>${models.map((model) => html`<td class="number" colspan="2">${work[model]!.total > 0 ? formatCount(Math.round((rowsRun[model] ?? 0) / work[model]!.total)) : '–'}</td>`)}</tr></tbody>`,
    ],
  )
}

function share(seconds: number, of: number): string {
  return of > 0 ? `${Math.round((100 * seconds) / of)} %` : '–'
}
