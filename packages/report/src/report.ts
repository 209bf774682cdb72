import { UserError, type Rows } from '@touchstone/core'
import type { Results, RunRecord } from '@touchstone/evaluation'
import { Findings } from './findings.js'
import { html, trusted, type Html } from './html.js'
import { cost } from './sections/cost.js'
import { gallery } from './sections/gallery.js'
import { glance } from './sections/glance.js'
import { limits } from './sections/limits.js'
import { scores } from './sections/scores.js'
import { setup } from './sections/setup.js'
import { statement } from './sections/statement.js'
import { style } from './style.js'
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
}

/**
 * One self-contained HTML page: it opens from disk, loads nothing and runs no script. Equal input gives equal text.
 * Inputs and maps that are missing, too few or not finite are named on the page.
 *
 * @throws UserError where the results or the record of the run have another format version.
 */
export function renderReport({ results, run, inputs, maps }: ReportInput): string {
  expectFormat('results', results.format, 'touchstone-results/1')
  if (run) expectFormat('run record', run.format, 'touchstone-run/1')
  const findings = new Findings(results)
  const sections: readonly Section[] = [
    { id: 'scores', title: 'Scores', body: html`${scoresLead}${glance(findings)}${scores(results, findings)}` },
    { id: 'limits', title: 'What these scores do not tell', body: limits },
    { id: 'examples', title: 'Examples', body: gallery(results, findings, { inputs, maps }) },
    { id: 'cost', title: 'Cost', body: cost(results, run) },
    { id: 'setup', title: 'Configuration', body: setup(results, run) },
  ]
  return page(`Attribution methods on ${datasetName(results.config.dataset)}`, statement(results, findings), sections).text
}

interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html
}

const scoresLead = html`<p>Each number is the mean over the examples that gave a value, with the 95&nbsp;% bootstrap interval of that mean; n is their number.
The dots of one metric share one scale over all models, so that models can be compared by eye. Ranks compare the methods of one model.</p>`

function page(title: string, lead: Html, sections: readonly Section[]): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · Touchstone</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<p class="brand">Touchstone report</p>
<h1>${title}</h1>
${lead}
<nav aria-label="On this page"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${body}\n</section>\n`)}</main>
</body>
</html>
`
}

function expectFormat(what: string, found: unknown, expected: string): void {
  if (found === expected) return
  const name = typeof found === 'string' ? `"${found}"` : 'none'
  throw new UserError(`the format of the ${what} is ${name}, but this report reads "${expected}": take the version of @touchstone/report that matches the run, or run the evaluation again`)
}
