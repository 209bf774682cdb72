import type { MethodRanks, RankingAgreement, ResultsOverview } from '@touchstone/evaluation'
import { formatNumber, formatTable } from './table.js'

/** Which methods rank best on how many examples, and which of them cannot be told apart; then how far models agree on it. Empty with a single method. */
export function rankingsText({ ranks, agreement, config }: ResultsOverview): string {
  const told = ranks.filter(({ n }) => n > 0)
  if (told.length === 0) return ''
  const tables = Object.keys(config.models).flatMap((model) => {
    const rows = told.filter((one) => one.model === model).map(line)
    return rows.length > 0 ? [`model ${model}: mean ranks, 1 is best; the methods of one bracket cannot be told apart at 5 % (Friedman, Nemenyi)\n${formatTable([['metric', 'ranks', 'critical difference', 'p'], ...rows])}`] : []
  })
  const known = agreement.filter(({ tau }) => tau !== null)
  const agree = known.length > 0 ? [`whether models rank methods alike: Kendall's tau [95 % interval]\n${formatTable([['metric', 'models', 'tau'], ...known.map(agreementLine)])}`] : []
  return [...tables, ...agree].join('\n\n')
}

function line({ metric, methods, criticalDifference, p, groups }: MethodRanks): readonly string[] {
  const ranked = methods.map(({ attributer, meanRank }) => `${attributer} ${formatNumber(meanRank)}`).join(', ')
  return [metric, `${ranked}${groups.map((group) => ` [${group.join(', ')}]`).join('')}`, formatNumber(criticalDifference!), p === null ? '' : formatNumber(p)]
}

function agreementLine({ metric, model, against, tau, ciLow, ciHigh }: RankingAgreement): readonly string[] {
  return [metric, `${model} and ${against}`, `${formatNumber(tau!)}${ciLow === null || ciHigh === null ? '' : ` [${formatNumber(ciLow)}, ${formatNumber(ciHigh)}]`}`]
}
