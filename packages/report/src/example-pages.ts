import type { Results } from '@touchstone/evaluation'
import { sizeOf, sliceRows, type Rows } from '@touchstone/core'
import { Findings } from './findings.js'
import { html, type Html } from './html.js'
import { htmlPage } from './html-page.js'
import { formatCount } from './numbers.js'
import type { ReportInput } from './report.js'
import { exampleBox, scaleChoice } from './sections/gallery.js'
import { shownExamples } from './sections/shown-examples.js'

/** The folder beside a report in which further examples stand. */
export const examplesFolder = 'report-examples'

/** Pages beside a report hold no more values of maps than this: some 70 MB. */
const mostValues = 50_000_000

/** How many examples a report can show, those on pages beside it among them. */
export function examplesOf({ examples, config, dataset, models }: Results): number {
  const values = Object.keys(models).length * Object.keys(config.attributers).length * sizeOf(dataset.inputShape)
  return Math.min(examples.length, Math.max(shownExamples, Math.floor(mostValues / Math.max(1, values))))
}

/** A page of further examples: a file in `examplesFolder`. */
export interface ExamplePage {
  readonly name: string
  readonly text: string
}

/** The examples from `from` up to, not including, `to` of a run, alone. */
export type ReportPart = (from: number, to: number) => ReportInput | Promise<ReportInput>

/**
 * Finds a model's predictions of the examples from `from` up to, not including, `to`, and the place of the first among all of that model, where its maps stand as well. It takes
 * no time that grows with the examples: there may be thousands of parts.
 */
export function predictionsByPart({ examples, models, predictions }: Pick<Results, 'examples' | 'models' | 'predictions'>): (model: string, from: number, to: number) => { readonly first: number; readonly predictions: Results['predictions'] } {
  // Predictions of a model follow the order of the examples, of which it may lack some.
  const byModel = new Map(
    Object.keys(models).map((model) => {
      const own = predictions.filter((prediction) => prediction.model === model)
      const begins = new Uint32Array(examples.length + 1)
      for (const [index, { id }] of examples.entries()) begins[index + 1] = begins[index]! + (own[begins[index]!]?.example === id ? 1 : 0)
      return [model, { own, begins }] as const
    }),
  )
  return (model, from, to) => {
    const { own, begins } = byModel.get(model)!
    const first = begins[from]!
    return { first, predictions: own.slice(first, begins[Math.min(to, examples.length)]) }
  }
}

/** Parts of a run that is in memory. */
export function partsOf({ results, inputs, maps, run }: ReportInput): ReportPart {
  const byExample = new Map<string, Results['rows'][number][]>(results.examples.map(({ id }) => [id, []]))
  for (const row of results.rows) byExample.get(row.example)?.push(row)
  const predictionsOf = predictionsByPart(results)
  return (from, to) => {
    const examples = results.examples.slice(from, to)
    const ofModel = (model: string, rows: ReadonlyMap<string, Rows>): ReadonlyMap<string, Rows> => {
      const { first, predictions } = predictionsOf(model, from, to)
      return new Map([...rows].map(([attributer, all]) => [attributer, sliceRows(all, first, first + predictions.length)]))
    }
    return {
      results: { ...results, examples, predictions: Object.keys(results.models).flatMap((model) => predictionsOf(model, from, to).predictions), rows: examples.flatMap(({ id }) => byExample.get(id)!), diagnostics: [] },
      run,
      inputs: inputs && sliceRows(inputs, from, to),
      maps: new Map([...maps].map(([model, rows]) => [model, ofModel(model, rows)])),
    }
  }
}

/** Pages with the examples that stand not on the report itself, each of as many as the report shows. Their maps are drawn when a page is opened. */
export async function* examplePages(results: Results, part: ReportPart): AsyncGenerator<ExamplePage> {
  const last = examplesOf(results)
  for (let from = shownExamples; from < last; from += shownExamples) {
    const to = Math.min(from + shownExamples, last)
    const beside = html`<nav aria-label="Examples"><ul><li><a href="../report.html#examples">The report</a></li>${from > shownExamples ? html`<li><a href="${pageName(from - shownExamples)}" rel="prev">Examples before</a></li>` : undefined}${to < last ? html`<li><a href="${pageName(to)}" rel="next">Examples after</a></li>` : undefined}</ul></nav>`
    const title = `Examples ${formatCount(from + 1)} to ${formatCount(to)}`
    const { results: own, inputs, maps } = await part(from, to)
    const findings = new Findings(own)
    const boxes = own.examples.map((example, index) => exampleBox(own, findings, { inputs, maps, gallery: undefined }, example, index, 'steps'))
    yield { name: pageName(from), text: await htmlPage(title, html`<header><p class="brand">Touchstone report</p><h1>${title}</h1>${beside}</header>\n<main>${scaleChoice}<noscript><p class="caution">Maps on this page are drawn by a script, which does not run here.</p></noscript>${boxes}</main>`) }
  }
}

/** Links to the pages beside a report. */
export function pageLinks(results: Results): Html | undefined {
  const last = examplesOf(results)
  if (last <= shownExamples) return undefined
  const starts = Array.from({ length: Math.ceil(last / shownExamples) - 1 }, (_, index) => (index + 1) * shownExamples)
  const left = results.examples.length - last
  return html`<nav class="pages" aria-label="Further examples"><h3>Further examples</h3><ul>${starts.map((from) => html`<li><a href="${examplesFolder}/${pageName(from)}">${formatCount(from + 1)}–${formatCount(Math.min(from + shownExamples, last))}</a></li>`)}</ul>${left > 0 ? html`<p class="note">${formatCount(left)} more are in the folder of the run alone: their maps are too large for pages.</p>` : undefined}</nav>`
}

function pageName(from: number): string {
  return `${from + 1}.html`
}
