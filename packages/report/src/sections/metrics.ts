import type { Gallery, Results } from '@touchstone/evaluation'
import { curveChart } from '../charts/curve-chart.js'
import { dotPlot } from '../charts/dot-plot.js'
import type { ReportChart } from '../charts/chart.js'
import { slopeChart } from '../charts/slope-chart.js'
import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { formatNumber } from '../numbers.js'
import { leadOf, significance } from '../verdict.js'
import { directionWords, extensionWords, listed } from '../words.js'

/** A chart of a metric, and a line of words below it. */
export interface MetricChart {
  readonly metric: string
  readonly chart: ReportChart
  readonly note?: Html
}

/** The charts of every metric, in the order in which they stand on the page: our own, then those of plugins. */
export function metricCharts(results: Results, findings: Findings, gallery: Gallery | undefined): readonly MetricChart[] {
  return findings.metrics.flatMap((metric) => {
    const [dots, slopes] = [dotPlot(findings, metric), slopeChart(findings, metric)]
    const axes = Object.hasOwn(results.metrics, metric) ? results.metrics[metric]!.curve : undefined
    const curves = findings.models.flatMap((model) => curveChart(results.curves, findings.attributers, model, metric, axes) ?? [])
    const brought = (gallery?.charts ?? []).filter((one) => one.metric === metric)
    return [...(dots ? [{ metric, chart: { ...dots, title: 'Means and 95 % intervals' } }] : []), ...(slopes ? [{ metric, chart: slopes, note: agreementNote(results, metric) }] : []), ...[...curves, ...brought].map((chart) => ({ metric, chart }))]
  })
}

/** Per metric: what it asks, its charts, and which methods it cannot tell apart. */
export function metrics(results: Results, findings: Findings, figures: readonly { readonly metric: string; readonly figure: Html }[]): readonly Html[] {
  return findings.metrics.map((metric, index) => {
    const extension = results.config.metrics[metric]
    const facts = Object.hasOwn(results.metrics, metric) ? results.metrics[metric] : undefined
    const words = directionWords(findings.direction(metric))
    return html`<section class="metric" aria-labelledby="metric-${index}">
<h3 id="metric-${index}">${metric}</h3>
<p><strong>${words.charAt(0).toUpperCase() + words.slice(1)}.</strong>${facts && html` ${facts.summary}.`}${extension && html` <span class="soft">The metric is ${extensionWords(extension)}.</span>`}</p>
<div class="charts">${figures.filter((one) => one.metric === metric).map(({ figure }) => figure)}</div>
${findings.models.map((model) => leadWords(results, findings, model, metric))}
</section>`
  })
}

function agreementNote({ agreement }: Results, metric: string): Html {
  const pairs = agreement.filter((one) => one.metric === metric)
  if (pairs.length === 0) return html`<p class="note">How far the orders agree was not computed.</p>`
  return html`<p class="note">Order of methods, Kendall’s τ<sub>b</sub>: ${pairs.map(({ model, against, tau, ciLow, ciHigh, n }, index) => {
    const interval = ciLow === null || ciHigh === null ? 'no interval' : `95 % [${formatNumber(ciLow, 2)}, ${formatNumber(ciHigh, 2)}]`
    const value = tau === null ? html`undefined: all methods have the same mean` : html`<strong>${formatNumber(tau, 2)}</strong>, ${interval}`
    return html`${index > 0 ? '; ' : ''}${pairs.length > 1 ? `${model} and ${against} ` : ''}${value}, n ${n}`
  })}</p>`
}

function leadWords(results: Results, findings: Findings, model: string, metric: string): Html | undefined {
  const { best, level, p, n } = leadOf(results, findings, model, metric)
  if (best === undefined || n === undefined) return undefined
  const against = level.length === 0 ? html`differs from every other method (largest p ${formatNumber(p!, 2)})` : html`cannot be told apart from ${level.length === findings.attributers.length - 1 && level.length > 1 ? 'any other method' : listed(level)}${p === undefined ? undefined : html`, and differs from the rest (largest p ${formatNumber(p, 2)})`}`
  return html`<p class="lead"><strong>${model}:</strong> ${best} has the best mean and ${against}; paired Wilcoxon tests after Holm at ${significance}, n ${n}.</p>`
}
