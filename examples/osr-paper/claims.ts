import { kendallTauB, mean, ranks, signedRankTest } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { above, below, judged, same, shown, type Judgement } from '../papers/judgement.js'
import { scoresOf, type Ranking, type Scores } from '../papers/scores.js'

const well = 'well 1'
const bad = 'bad 1'
/** Methods whose maps are slopes, in units of the output per unit of the input; maps of the others are contributions. */
const slopes = ['Saliency', 'Deconvolution', 'Guided Backprop', 'SmoothGrad', 'SmoothGrad (Captum)']
/** Taus that differ by less are as good as equal: one of the 36 pairs of nine methods in another order makes 0.06. */
const margin = 0.1
const formsOfOsr = ['OSR, printed', 'OSR, raw', 'OSR', 'OSR, level sets', 'OSR, level sets, delta 5, raw', 'OSR by ranks']
const formsOfSensitivity = ['sensitivity, raw', 'sensitivity', 'sensitivity by ranks']

/** Judges the claims of the paper that one data set bears on, and what they depend on. */
export function judge(data: string, results: Results): readonly Judgement[] {
  const models = Object.keys(results.models)
  const seeds = models.filter((model) => model.startsWith('well'))
  const present = (names: readonly string[]): readonly string[] => names.filter((name) => name in results.metrics)
  const both = (...metrics: readonly string[]) => () => scoresOf(results, metrics, [well, bad])
  const across = (metric: string): readonly [Ranking, Ranking] => [{ metric, model: well }, { metric, model: bad }]
  const osr = present(formsOfOsr)

  return [
    ...osr.map((metric) =>
      judged(`C1: ${metric} orders methods alike on the well and the badly trained model`, data, 'the same order (tau 1)', both(metric), (scores) => {
        const tau = scores.tau(...across(metric))
        return { ours: `tau ${shown(tau)}`, verdict: same(tau) }
      }),
    ),
    ...osr.flatMap((metric) =>
      present(formsOfSensitivity).filter((other) => metric.endsWith('ranks') === other.endsWith('ranks')).map((other) =>
        judged(`C2: ${metric} keeps its order better than ${other}`, data, 'tau of OSR is larger', both(metric, other), (scores) => {
          const [mine, theirs] = [scores.tau(...across(metric)), scores.tau(...across(other))]
          const more = scores.estimate((means) => tauOf(means, across(metric)) - tauOf(means, across(other)))
          const share = mean(Float64Array.from(mine.resampled, (tau, draw) => Number(tau > theirs.resampled[draw]!)))
          return { ours: `tau ${mine.value.toFixed(2)} and ${theirs.value.toFixed(2)}, more by ${shown(more)}; larger in ${(100 * share).toFixed(0)} % of resamples`, verdict: above(more, 0) }
        }),
      ),
    ),
    ...(seeds.length > 1 ? osr : []).flatMap((metric) => {
      const meanTau = (pairs: readonly (readonly [string, string])[]) => (means: (ranking: Ranking) => readonly number[]): number => mean(pairs.map(([one, other]) => tauOf(means, [{ metric, model: one }, { metric, model: other }])))
      const [ceiling, trainings] = [meanTau(pairsOf(seeds)), meanTau(seeds.map((model) => [model, model.replace('well', 'bad')]))]
      return [
        judged(`Ceiling: how alike ${metric} orders methods on well trained models that differ in their seed`, data, 'not asked', () => scoresOf(results, [metric], seeds), (scores) => ({ ours: `mean tau ${shown(scores.estimate(ceiling))}`, verdict: 'measured' })),
        judged(`C1, beside the ceiling: ${metric} orders methods as alike on well and badly trained models of one seed as on well trained ones of other seeds, to ${margin}`, data, 'the same order', () => scoresOf(results, [metric], models), (scores) => {
          const more = scores.estimate((means) => trainings(means) - ceiling(means))
          return { ours: `mean tau ${shown(scores.estimate(trainings))}, more by ${shown(more)}`, verdict: above(more, -margin) }
        }),
      ]
    }),
    ...present(['Robustness-S_r']).map((metric) =>
      judged('C3: Robustness-S_r is lower for the well trained model', data, 'significantly lower', both(metric), (scores) => {
        const ratio = scores.estimate((means) => mean(means({ metric, model: well })) / mean(means({ metric, model: bad })))
        return { ours: `ratio of means ${shown(ratio)}, Wilcoxon p = ${signedRankTest(differences(results, metric)).toPrecision(2)}`, verdict: below(ratio, 1) }
      }),
    ),
    ...present(['fidelity']).flatMap((metric) => [
      judged('C4: integrated gradients and input x gradient are the most faithful', data, 'the first', both(metric), (scores) => {
        // DeepLIFT and LRP are the same up to small differences, and may stand between them.
        const places = [well, bad].map((model) => scores.estimate((means) => Math.max(...['Integrated Gradients', 'Input x Gradient'].map((method) => placeOf(method, scores, means({ metric, model }))))))
        return { ours: `the later of the two in place ${places.map(shown).join(' (well) and ')} (bad) of ${scores.methods.length}; DeepLIFT and LRP may share their places`, verdict: places.every(({ high }) => high <= 4) ? 'holds' : places.some(({ low }) => low > 4) ? 'does not hold' : 'cannot tell' }
      }),
      judged('C4: SmoothGrad is the least faithful', data, 'the last', both(metric), (scores) => {
        const places = [well, bad].map((model) => scores.estimate((means) => placeOf('SmoothGrad (Captum)', scores, means({ metric, model }))))
        const last = scores.methods.length
        return { ours: `SmoothGrad with the parameters of Captum in place ${places.map(shown).join(' (well) and ')} (bad) of ${last}`, verdict: places.every(({ low }) => low >= last) ? 'holds' : places.some(({ high }) => high < last) ? 'does not hold' : 'cannot tell' }
      }),
      ...present(['OSR, raw', 'OSR']).map((other) =>
        judged(`C5: what is robust by ${other} is less faithful`, data, 'a trade-off', both(other, metric), (scores) => {
          const rho = scores.rho({ metric: other, model: well }, { metric, model: well })
          return { ours: `Spearman's rho ${shown(rho)}`, verdict: below(rho, 0) }
        }),
      ),
    ]),
    ...present(['OSR, raw']).flatMap((metric) => [
      judged(`C4: SmoothGrad is the second most robust by ${metric}`, data, 'the second', both(metric), (scores) => {
        const places = ['SmoothGrad', 'SmoothGrad (Captum)'].map((method) => scores.estimate((means) => placeOf(method, scores, means({ metric, model: well }))))
        return { ours: `place ${places.map(shown).join(', with the parameters of Captum ')} of ${scores.methods.length}`, verdict: places.some(({ low, high }) => low === 2 && high === 2) ? 'holds' : places.every(({ low, high }) => low > 2 || high < 2) ? 'does not hold' : 'cannot tell' }
      }),
      // Raw distances of slopes are divided by s where inputs are s times as large; those of contributions are not.
      judged(`Units: ${metric} orders methods alike when inputs are counted in standard deviations of 0.3081`, data, 'not asked', both(metric), (scores) => {
        const tau = scores.tau({ metric, model: well }, { metric, model: well, scaled: (method) => (slopes.includes(method) ? 0.3081 : 1) })
        return { ours: `tau ${shown(tau)}`, verdict: same(tau) }
      }),
    ]),
    ...pairsOf(osr.filter((metric) => !['OSR, printed', 'OSR by ranks'].includes(metric))).map(([one, other]) =>
      judged(`Choice: ${one} and ${other} order methods alike on one model`, data, 'not asked', both(one, other), (scores) => {
        const tau = scores.tau({ metric: one, model: well }, { metric: other, model: well })
        return { ours: `tau ${shown(tau)}`, verdict: same(tau) }
      }),
    ),
  ]
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
