import { kendallTauB, mean, ranks, signedRankTest } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { scoresOf, type Estimate, type Ranking, type Scores } from './scores.js'

/** What a claim of the paper comes to. */
export type Verdict = 'holds' | 'does not hold' | 'cannot tell'

export interface Judgement {
  readonly claim: string
  readonly data: string
  readonly theirs: string
  readonly ours: string
  readonly verdict: Verdict
}

const well = 'well 1'
const bad = 'bad 1'
/** Methods whose maps are slopes, in units of the output per unit of the input; maps of the others are contributions. */
const slopes = ['Saliency', 'Deconvolution', 'Guided Backprop', 'SmoothGrad', 'SmoothGrad (Captum)']

const shown = ({ value, low, high }: Estimate): string => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`

/** A claim that a number lies above a bound: it holds where its whole interval does, and does not where none of it does. */
const above = ({ low, high }: Estimate, bound: number): Verdict => (low > bound ? 'holds' : high < bound ? 'does not hold' : 'cannot tell')

/** The forms of OSR and of sensitivity that stand in these results, each with its scores on both models. */
const present = (results: Results, names: readonly string[]): readonly string[] => names.filter((name) => name in results.metrics)

/** Judges the claims of the paper that one data set bears on. */
export function judge(data: string, results: Results): readonly Judgement[] {
  const models = Object.keys(results.models)
  const osr = present(results, ['OSR, printed', 'OSR, raw', 'OSR', 'OSR, level sets', 'OSR, level sets, delta 5, raw', 'OSR by ranks'])
  const sensitivity = present(results, ['sensitivity, raw', 'sensitivity', 'sensitivity by ranks'])
  const pair = models.filter((model) => [well, bad].includes(model))
  const on = (metrics: readonly string[], which = pair): Scores => scoresOf(results, metrics, which)
  const across = (metric: string): readonly [Ranking, Ranking] => [{ metric, model: well }, { metric, model: bad }]

  return [
    ...osr.map((metric): Judgement => {
      const tau = on([metric]).tau(...across(metric))
      return { claim: `C1: ${metric} orders methods alike on the well and the badly trained model`, data, theirs: 'the same order (tau 1)', ours: `tau ${shown(tau)}`, verdict: tau.value === 1 ? 'holds' : tau.high < 1 ? 'does not hold' : 'cannot tell' }
    }),
    ...osr.flatMap((metric) =>
      sensitivity.filter((other) => metric.endsWith('ranks') === other.endsWith('ranks')).map((other): Judgement => {
        const scores = on([metric, other])
        const [mine, theirs] = [scores.tau(...across(metric)), scores.tau(...across(other))]
        const more = scores.estimate((means) => tauOf(means, across(metric)) - tauOf(means, across(other)))
        const share = mean(Float64Array.from(mine.resampled, (tau, draw) => Number(tau > theirs.resampled[draw]!)))
        return { claim: `C2: ${metric} keeps its order better than ${other}`, data, theirs: 'tau of OSR is larger', ours: `tau ${mine.value.toFixed(2)} and ${theirs.value.toFixed(2)}, more by ${shown(more)}; larger in ${(100 * share).toFixed(0)} % of resamples`, verdict: above(more, 0) }
      }),
    ),
    ...(models.length > 2 ? osr.map((metric): Judgement => {
      const seeds = models.filter((model) => model.startsWith('well'))
      const scores = on([metric], seeds)
      const ceiling = scores.estimate((means) => mean(pairsOf(seeds).map(([one, other]) => tauOf(means, [{ metric, model: one }, { metric, model: other }]))))
      return { claim: `Ceiling: ${metric} on well trained models that differ in their seed`, data, theirs: 'not measured', ours: `mean tau ${shown(ceiling)}`, verdict: 'cannot tell' }
    }) : []),
    ...present(results, ['Robustness-S_r']).map((metric): Judgement => {
      const scores = on([metric])
      const ratio = scores.estimate((means) => mean(means({ metric, model: well })) / mean(means({ metric, model: bad })))
      const p = signedRankTest(differences(results, metric))
      return { claim: 'C3: Robustness-S_r is lower for the well trained model', data, theirs: 'significantly lower', ours: `ratio of means ${shown(ratio)}, Wilcoxon p = ${p.toPrecision(2)}`, verdict: ratio.high < 1 ? 'holds' : ratio.low > 1 ? 'does not hold' : 'cannot tell' }
    }),
    ...present(results, ['fidelity']).flatMap((metric) => [fidelityFirst(on([metric]), metric, data), fidelityLast(on([metric]), metric, data)]),
    ...(present(results, ['fidelity']).length > 0 ? present(results, ['OSR, raw', 'OSR']).map((metric): Judgement => {
      const rho = on([metric, 'fidelity']).rho({ metric, model: well }, { metric: 'fidelity', model: well })
      return { claim: `C5: what is robust by ${metric} is less faithful`, data, theirs: 'a trade-off', ours: `Spearman's rho ${shown(rho)}`, verdict: rho.high < 0 ? 'holds' : rho.low > 0 ? 'does not hold' : 'cannot tell' }
    }) : []),
    ...present(results, ['OSR, raw']).flatMap((metric) => [smoothgradSecond(on([metric]), metric, data), units(on([metric]), metric, data)]),
    ...pairsOf(present(results, ['OSR', 'OSR, raw', 'OSR, level sets', 'OSR, level sets, delta 5, raw'])).map(([one, other]): Judgement => {
      const tau = on([one, other]).tau({ metric: one, model: well }, { metric: other, model: well })
      return { claim: `Choice: ${one} and ${other} order methods alike on one model`, data, theirs: 'not measured', ours: `tau ${shown(tau)}`, verdict: tau.value === 1 ? 'holds' : tau.high < 1 ? 'does not hold' : 'cannot tell' }
    }),
  ]
}

/** C4, first half: integrated gradients and input x gradient are the most faithful. */
function fidelityFirst(scores: Scores, metric: string, data: string): Judgement {
  const among = (model: string) => scores.estimate((means) => Math.max(placeOf('Integrated Gradients', scores, means({ metric, model })), placeOf('Input x Gradient', scores, means({ metric, model }))))
  const places = [well, bad].map(among)
  return { claim: 'C4: integrated gradients and input x gradient are the most faithful', data, theirs: 'the first', ours: `the later of the two in place ${places.map(shown).join(' (well) and ')} (bad) of ${scores.methods.length}; DeepLIFT and LRP may share their places`, verdict: places.every(({ high }) => high <= 4) ? 'holds' : places.some(({ low }) => low > 4) ? 'does not hold' : 'cannot tell' }
}

/** C4, second half: SmoothGrad is the least faithful; by the parameters of Captum, which the paper seems to have used. */
function fidelityLast(scores: Scores, metric: string, data: string): Judgement {
  const places = [well, bad].map((model) => scores.estimate((means) => placeOf('SmoothGrad (Captum)', scores, means({ metric, model }))))
  const last = scores.methods.length
  return { claim: 'C4: SmoothGrad is the least faithful', data, theirs: 'the last', ours: `SmoothGrad with the parameters of Captum in place ${places.map(shown).join(' (well) and ')} (bad) of ${last}`, verdict: places.every(({ low }) => low >= last) ? 'holds' : places.some(({ high }) => high < last) ? 'does not hold' : 'cannot tell' }
}

/** C4, third part. */
function smoothgradSecond(scores: Scores, metric: string, data: string): Judgement {
  const places = ['SmoothGrad', 'SmoothGrad (Captum)'].map((method) => scores.estimate((means) => placeOf(method, scores, means({ metric, model: well }))))
  return { claim: `C4: SmoothGrad is the second most robust by ${metric}`, data, theirs: 'the second', ours: `place ${places.map(shown).join(', with the parameters of Captum ')} of ${scores.methods.length}`, verdict: places.some(({ low, high }) => low <= 2 && high >= 2 && high - low < 1) ? 'holds' : places.every(({ low, high }) => low > 2 || high < 2) ? 'does not hold' : 'cannot tell' }
}

/** Not of the paper: raw distances of slopes are divided by s where inputs are s times as large; those of contributions are not. */
function units(scores: Scores, metric: string, data: string): Judgement {
  const deviation = 0.3081
  const scaled = (method: string): number => (slopes.includes(method) ? deviation : 1)
  const tau = scores.tau({ metric, model: well }, { metric, model: well, scaled })
  return { claim: `Units: ${metric} orders methods alike when inputs are counted in standard deviations of ${deviation}`, data, theirs: 'not asked', ours: `tau ${shown(tau)}`, verdict: tau.value === 1 ? 'holds' : tau.high < 1 ? 'does not hold' : 'cannot tell' }
}

/** The place of a method, the best first. */
function placeOf(method: string, { methods }: Scores, means: readonly number[]): number {
  return ranks(means.map((value) => -value))[methods.indexOf(method)]!
}

function tauOf(means: (ranking: Ranking) => readonly number[], [one, other]: readonly [Ranking, Ranking]): number {
  return kendallTauB(means(one), means(other))
}

function pairsOf<T>(values: readonly T[]): readonly (readonly [T, T])[] {
  return values.flatMap((one, i) => values.slice(i + 1).map((other) => [one, other] as const))
}

/** What each input's sum over methods is larger by on the well trained model. */
function differences({ rows }: Results, metric: string): readonly number[] {
  const sums = new Map<string, number>()
  for (const { metric: by, model, example, value } of rows) {
    if (by !== metric || value === null || (model !== well && model !== bad)) continue
    sums.set(example, (sums.get(example) ?? 0) + (model === well ? value : -value))
  }
  return [...sums.values()]
}

/** Judgements as a table of Markdown. */
export function claimsTable(judgements: readonly Judgement[]): string {
  return ['| claim | data | the paper | here, with 95 % intervals | |', '|---|---|---|---|---|', ...judgements.map(({ claim, data, theirs, ours, verdict }) => `| ${claim} | ${data} | ${theirs} | ${ours} | ${verdict} |`), ''].join('\n')
}
