import type { Findings } from './findings.js'
import { html, type Html } from './html.js'
import { rank, type Rank } from './rank.js'

/** The ranks of all methods on one model by one metric, in the order of the methods. */
export function ranksOf(findings: Findings, model: string, metric: string): readonly (Rank | undefined)[] {
  const direction = findings.direction(metric)
  const means = findings.attributers.map((attributer) => findings.summary(model, attributer, metric)?.mean)
  return direction === undefined ? means.map(() => undefined) : rank(means, direction)
}

/** `1 of 4`, `2 of 4, tied`, or that there is none. */
export function rankCell(place: Rank | undefined): Html {
  if (!place) return html`<span class="rank none">no rank</span>`
  return html`<span class="rank${place.place === 1 ? ' best' : ''}"><b>${place.place}</b> of ${place.of}${place.tied ? ', tied' : undefined}</span>`
}
