import type { RunComparison, ScoreChange } from '@touchstone/evaluation'
import { formatNumber, formatTable } from './table.js'

/** What differs between two runs, then one table per model x metric, then what the marks mean. */
export function comparisonText({ differences, examples, scores, agreement }: RunComparison, runA: string, runB: string): string {
  // Scores of one table follow one another.
  const first = scores.filter(({ model, metric }, index) => model !== scores[index - 1]?.model || metric !== scores[index - 1]?.metric)
  const tables = first.map(({ model, metric, direction }) => {
    const group = scores.filter((score) => score.model === model && score.metric === metric)
    const alike = agreement.find((one) => one.model === model && one.metric === metric)
    const tau = alike && alike.tau !== null ? `; Kendall's tau of the rankings ${formatNumber(alike.tau)}${interval(alike.ciLow, alike.ciHigh)}` : ''
    return `model ${model}, ${metric} (${direction} is better)${tau}\n${formatTable([['method', 'a', 'b', 'b - a [95 % interval]', 'p (Holm)', 'rank', ''], ...group.map(line)])}`
  })
  return [
    `a: ${runA}, ${examples.a} examples\nb: ${runB}, ${examples.b} examples, ${examples.shared} of them also in a`,
    differences.length === 0
      ? 'config, versions, engine, models and dataset are the same'
      : `what differs, a -> b:\n${differences.map(({ path, a, b }) => `  ${path}: ${shown(a)} -> ${shown(b)}`).join('\n')}`,
    ...tables,
    verdict(scores),
  ].join('\n\n')
}

function line({ attributer, a, b, n, undefined: missing, difference, ciLow, ciHigh, pHolm, changed, rankA, rankB }: ScoreChange): readonly string[] {
  if (a === null || b === null || difference === null) return [attributer, '', '', `undefined (${missing})`, '', '', '']
  const change = `${formatNumber(difference)}${interval(ciLow, ciHigh)}${missing > 0 ? ` (${missing} of ${n + missing} undefined)` : ''}`
  return [attributer, formatNumber(a), formatNumber(b), change, formatNumber(pHolm!), rankA === rankB ? String(rankA) : `${rankA} -> ${rankB}`, changed ? 'changed' : '']
}

function verdict(scores: readonly ScoreChange[]): string {
  const tested = scores.filter(({ n }) => n > 0)
  const changed = tested.filter((score) => score.changed).length
  const said = `${changed} of ${scores.length} means changed beyond noise: p below 0.05 by Wilcoxon's signed-rank test, corrected after Holm over all of them`
  // The smallest p of n differences is 2 / 2^n; corrected, it is multiplied by the number of tests.
  const tooFew = tested.every(({ n }) => 2 ** (1 - n) * tested.length >= 0.05)
  return tooFew ? `${said}\nthere are too few examples in common for any change to be told from noise: it takes ${Math.floor(Math.log2(40 * tested.length)) + 1} at least` : said
}

function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? '' : ` [${formatNumber(low)}, ${formatNumber(high)}]`
}

const longest = 80

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}...` : text
}
