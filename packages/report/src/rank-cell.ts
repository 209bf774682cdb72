import type { SummaryRow } from '@touchstone/evaluation'
import type { Findings } from './findings.js'
import { html, type Html } from './html.js'
import { rank, type Rank } from './rank.js'

/** A rank that is open where its interval overlaps with another method's: the order of the two is not settled. */
export type JudgedRank = Rank & { readonly open: boolean }

/** The ranks of all methods on one model by one metric, in the order of the methods. */
export function ranksOf(findings: Findings, model: string, metric: string): readonly (JudgedRank | undefined)[] {
  const direction = findings.direction(metric)
  const summaries = findings.attributers.map((attributer) => findings.summary(model, attributer, metric))
  if (direction === undefined) return summaries.map(() => undefined)
  return rank(summaries.map((summary) => summary?.mean), direction).map((place, index) => place && { ...place, open: summaries.some((other, at) => at !== index && overlap(summaries[index], other)) })
}

function overlap(a: SummaryRow | undefined, b: SummaryRow | undefined): boolean {
  const bounds = [a?.ciLow, a?.ciHigh, b?.ciLow, b?.ciHigh]
  if (!bounds.every((bound) => typeof bound === 'number')) return false
  const [aLow, aHigh, bLow, bHigh] = bounds as [number, number, number, number]
  return aLow <= bHigh && bLow <= aHigh
}

/** `1st of 4`, `2nd of 4, open`, `2nd of 4, tied`, or that there is none. */
export function rankCell(place: JudgedRank | undefined): Html {
  if (!place) return html`<span class="rank none">no rank</span>`
  const note = place.tied ? ', tied' : place.open ? ', open' : undefined
  return html`<span class="rank${place.place === 1 && note === undefined ? ' best' : ''}">${ordinal(place.place)} of ${place.of}${note}</span>`
}

function ordinal(place: number): string {
  const ending = place % 100 > 10 && place % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th')
  return `${place}${ending}`
}
