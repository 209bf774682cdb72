import { mean } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import type { Judgement, Verdict } from '../osr-paper/claims.js'
import { scoresOf, type Estimate } from '../osr-paper/scores.js'
import { label, type ComparisonName, type SamplerName } from './parts.js'

const shown = ({ value, low, high }: Estimate): string => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`
const positive = ({ low, high }: Estimate): Verdict => (low > 0 ? 'holds' : high < 0 ? 'does not hold' : 'cannot tell')
const robust = ['PGD', 'IG-NORM', 'IG-SUM-NORM']

/** Judges the claims that a part bears on. */
export function judge(data: string, results: Results): readonly Judgement[] {
  const models = Object.keys(results.models)
  const has = (...metrics: readonly string[]): boolean => metrics.every((metric) => metric in results.metrics)
  const kept = (sampler: SamplerName, comparison: ComparisonName): string => label(sampler, comparison)
  const judgements: Judgement[] = []

  const [randomTopK, attackedTopK, randomRecall, attackedRecall] = [kept('random', 'top-k'), kept('top-k attack', 'top-k'), kept('random', 'LENS-recall'), kept('top-k attack', 'LENS-recall')]
  if (has(randomTopK, attackedTopK, randomRecall, attackedRecall)) {
    const scores = scoresOf(results, [randomTopK, attackedTopK, randomRecall, attackedRecall], ['natural'])
    const lost = (means: Parameters<Parameters<typeof scores.estimate>[0]>[0], metric: string): number => 1 - mean(means({ metric, model: 'natural' }))
    const [byTopK, byRecall] = [scores.estimate((means) => lost(means, randomTopK) / lost(means, attackedTopK)), scores.estimate((means) => lost(means, randomRecall) / lost(means, attackedRecall))]
    const more = scores.estimate((means) => lost(means, randomTopK) / lost(means, attackedTopK) - lost(means, randomRecall) / lost(means, attackedRecall))
    judgements.push({ claim: 'By the top-k intersection random signs look nearly as harmful as an attack; by LENS-recall they do not', data, theirs: 'random perturbations look like strong attacks', ours: `they do ${shown(byTopK)} of the harm of the attack by top-k, ${shown(byRecall)} by LENS-recall`, verdict: positive(more) })
  }

  const [plain, masked] = [kept('top-k attack', 'top-k'), kept('LENS attack', 'top-k')]
  if (has(plain, masked))
    for (const model of models) {
      const less = scoresOf(results, [plain, masked], [model]).estimate((means) => mean(means({ metric: masked, model })) - mean(means({ metric: plain, model })))
      judgements.push({ claim: `The attack that is masked by LENS lowers the top-k intersection less than the plain one (${model})`, data, theirs: 'less', ours: `by ${shown(less)} less`, verdict: positive(less) })
    }

  for (const comparison of ['top-k', 'LENS-recall', 'LENS-recall-div'] as const) {
    const metric = kept('top-k attack', comparison)
    if (!has(metric)) continue
    for (const model of models.filter((name) => robust.includes(name))) {
      const more = scoresOf(results, [metric], ['natural', model]).estimate((means) => mean(means({ metric, model })) - mean(means({ metric, model: 'natural' })))
      judgements.push({ claim: `${model} keeps more of its maps under the top-k attack than natural training, by ${comparison}`, data, theirs: 'more, on small data sets', ours: `by ${shown(more)} more`, verdict: positive(more) })
    }
  }
  return judgements
}

/** Whether the advantage of PGD over natural training, by LENS-recall under the top-k attack, is smaller on the larger of two data sets. */
export function shrinks(small: readonly [string, Results], large: readonly [string, Results]): Judgement {
  const metric = label('top-k attack', 'LENS-recall')
  const advantage = ([, results]: readonly [string, Results]): Estimate => scoresOf(results, [metric], ['natural', 'PGD']).estimate((means) => mean(means({ metric, model: 'PGD' })) - mean(means({ metric, model: 'natural' })))
  const [on, than] = [advantage(small), advantage(large)]
  const draws = Float64Array.from(on.resampled, (value, draw) => value - than.resampled[draw]!).toSorted()
  const verdict = positive({ value: on.value - than.value, low: draws[50]!, high: draws[1949]!, resampled: draws })
  return { claim: `The advantage of PGD is smaller on ${large[0]} than on ${small[0]}`, data: `${small[0]}, ${large[0]}`, theirs: 'it shrinks with the size of the data', ours: `${shown(on)} and ${shown(than)}`, verdict }
}

/** What cannot be judged here, and why. */
export const beyond: readonly Judgement[] = [
  { claim: 'On ImageNet the advantage of adversarially trained networks disappears', data: 'ImageNet', theirs: 'it disappears', ours: 'weights of adversarially trained networks for ImageNet cannot be had where this was run, and training them takes machines of another size', verdict: 'cannot tell' },
  { claim: 'People side with LENS rather than with the top-k intersection', data: 'Flower', theirs: 'a survey', ours: 'nobody was asked', verdict: 'cannot tell' },
]
