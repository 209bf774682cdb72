import type { MetricFacts, Results } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { counted, formatCount, formatNumber } from '../numbers.js'
import { answer, leadOf, metricsThatJudge, significance, type Answer } from '../verdict.js'
import { listed } from '../words.js'

/** First of all: which methods are robust, which faithful, and how sure that is. */
export function verdict(results: Results, findings: Findings): Html {
  return html`<div class="verdict">
${question(results, findings, 'robustness', 'Most robust', 'No metric of robustness was asked for.')}
${question(results, findings, 'faithfulness', 'Most faithful', 'No metric of faithfulness was asked for, and robustness alone says little: a map that never changes is robust and explains nothing.')}
<div><h2>How sure</h2>${sureness(results, findings)}</div>
</div>`
}

function question(results: Results, findings: Findings, judges: MetricFacts['judges'], title: string, none: string): Html {
  const metrics = metricsThatJudge(results, findings, judges)
  if (metrics.length === 0) return html`<div><h2>${title}</h2><p class="none">${none}</p></div>`
  const leads = findings.models.flatMap((model) => metrics.map((metric) => leadOf(results, findings, model, metric)))
  return html`<div><h2>${title}</h2><dl>${findings.models.map((model) => html`<div><dt>on ${model}</dt><dd>${answerWords(answer(leads, model), findings.attributers.length)}</dd></div>`)}</dl>
<p class="soft">by ${listed(metrics)}</p></div>`
}

function answerWords({ methods, by, of, beyondChance, front }: Answer, all: number): Html {
  if (methods.length === 0) return html`<span class="none">no method has a value</span>`
  const metrics = of === 1 ? 'the one metric' : by === of ? `all ${of} metrics` : `${by} of ${of} metrics`
  if (all === 1) return html`<strong>${methods[0]}</strong>, the only method`
  const first = front && html`; most often ${front.method} has the best mean (${front.by} of ${of})`
  if (methods.length === all) return html`<strong>not settled</strong><span class="note">no method can be told apart from the leader by ${metrics}${first}</span>`
  if (methods.length > 1) return html`<strong>${listed(methods)}</strong><span class="note">level with each other or the leader by ${metrics}${first}</span>`
  return html`<strong>${methods[0]}</strong><span class="note">leads by ${metrics}, ${beyondChance === 0 ? 'never beyond chance' : beyondChance === of ? 'beyond chance' : `beyond chance by ${beyondChance}`}</span>`
}

function sureness(results: Results, findings: Findings): Html {
  const counts = findings.models.map((model) => findings.evaluated(model))
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const missing = results.summary.reduce((sum, row) => sum + row.undefined, 0)
  const all = results.summary.reduce((sum, row) => sum + row.n + row.undefined, 0)
  const taus = results.agreement.flatMap(({ tau }) => tau ?? [])
  return html`<ul>
<li>${counted(most, 'input')}${least === most ? '' : html` (${formatCount(least)} on the model with fewest)`}. Beyond chance: paired Wilcoxon tests, corrected after Holm, p &lt; ${significance}.</li>
<li>${missing === 0 ? html`Every one of ${formatCount(all)} scores is defined.` : html`<a class="flag" href="#undefined">${formatCount(missing)} of ${counted(all, 'score')} undefined</a>: left out of means, never hidden.`}</li>
${taus.length > 0 ? html`<li>From model to model the order of methods agrees with Kendall’s τ ${taus.length === 1 ? formatNumber(taus[0]!, 2) : html`from ${formatNumber(Math.min(...taus), 2)} to ${formatNumber(Math.max(...taus), 2)}`}, by metric.</li>` : undefined}
</ul>`
}
