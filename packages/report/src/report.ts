import { UserError, type Rows } from '@touchstone/core'
import { galleryExamples, type Gallery, type Results, type RunRecord } from '@touchstone/evaluation'
import { chartFigure, chartsOn } from './charts/figure.js'
import { distanceCharts } from './charts/distance-charts.js'
import { sweepCharts } from './charts/sweep-chart.js'
import { distances } from './sections/distances.js'
import { pageLinks } from './example-pages.js'
import { Findings } from './findings.js'
import { html, type Html } from './html.js'
import { htmlPage } from './html-page.js'
import { cost } from './sections/cost.js'
import { gallery } from './sections/gallery.js'
import { limits } from './sections/limits.js'
import { metricCharts, metrics } from './sections/metrics.js'
import { scores } from './sections/scores.js'
import { setup } from './sections/setup.js'
import { statement } from './sections/statement.js'
import { verdict } from './sections/verdict.js'
import { datasetName } from './words.js'

/** What a report is made from. */
export interface ReportInput {
  /** `results.json`, parsed. */
  readonly results: Results
  /** `run.json`, parsed, where there is one. */
  readonly run: RunRecord | undefined
  /** `[examples, ...inputShape]`, in the order of `results.examples`. */
  readonly inputs: Rows | undefined
  /** By model label, then attributer label: `[n, ...inputShape]`, in the order of that model's `results.predictions`. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
  /** Neighbours of some examples and what metrics look at, where there are some. */
  readonly gallery?: Gallery | undefined
}

export interface ReportOptions {
  /** Whether pages of further examples stand beside it, as `examplePages` makes them; then it links to them. */
  readonly pages?: boolean
  /** A report of the same run that was written before: charts that show the same are taken from it, which changes nothing but the time. */
  readonly before?: string
}

/**
 * One self-contained HTML page: it opens from disk and loads nothing. Equal input gives equal text. Inputs and maps that are missing, too few or not finite are
 * named on the page.
 *
 * @throws UserError where the results or the record of the run have another format version.
 */
export async function renderReport({ results, run, inputs, maps, gallery: kept }: ReportInput, { pages = false, before = '' }: ReportOptions = {}): Promise<string> {
  expectFormat('results', results.format, 'touchstone-results/1')
  if (run) expectFormat('run record', run.format, 'touchstone-run/1')
  const findings = new Findings(results)
  const drawn = chartsOn(before)
  const figures = await Promise.all(metricCharts(results, findings, kept).map(async ({ metric, chart, note }) => ({ metric, figure: await chartFigure(chart, drawn, note) })))
  const samplers = await Promise.all((kept ? distanceCharts(kept, findings) : []).map(async (one) => ({ ...one, figures: await Promise.all(one.charts.map((chart) => chartFigure(chart, drawn))) })))
  const sweeps = await Promise.all(sweepCharts(results, findings).map((chart) => chartFigure(chart, drawn)))
  const sections: readonly Section[] = [
    { id: 'scores', title: 'Scores', body: scores(results, findings) },
    { id: 'metrics', title: 'Metric by metric', body: html`${metrics(results, findings, figures)}` },
    ...(sweeps.length > 0 ? [{ id: 'sweeps', title: 'By an option', body: html`<p>Metrics that differ by one number alone, over that number.</p><div class="charts">${sweeps}</div>` }] : []),
    ...(samplers.length > 0 ? [{ id: 'distances', title: 'How far neighbours lie', body: distances(samplers, Math.min(galleryExamples, results.examples.length)) }] : []),
    { id: 'limits', title: 'What these scores do not tell', body: limits },
    { id: 'examples', title: 'Examples', body: html`${gallery(results, findings, { inputs, maps, gallery: kept })}${pages ? pageLinks(results) : undefined}` },
    { id: 'cost', title: 'Cost', body: cost(results, run) },
    { id: 'setup', title: 'Configuration', body: setup(results, run) },
  ]
  const title = `Attribution methods on ${datasetName(results.config.dataset)}`
  return htmlPage(
    title,
    html`<header>
<p class="brand">Touchstone report</p>
<h1>${title}</h1>
${verdict(results, findings)}
${statement(results, findings)}
<nav aria-label="On this page"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title: name, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${name}</h2>\n${body}\n</section>\n`)}</main>`,
  )
}

interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html
}

function expectFormat(what: string, found: unknown, expected: string): void {
  if (found === expected) return
  const name = typeof found === 'string' ? `"${found}"` : 'none'
  throw new UserError(`the format of the ${what} is ${name}, but this report reads "${expected}": take the version of @touchstone/report that matches the run, or run the evaluation again`)
}
