import { mean, percentileInterval } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { above, judged, shown, type Judgement } from '../papers/judgement.js'
import { scoresOf, type Ranking } from '../papers/scores.js'
import { attackers, label } from './parts.js'

const attackNames = { 'top-k attack': 'the top-k attack', 'sharp top-k attack': 'the attack on sharper bends' } as const satisfies Record<(typeof attackers)[number], string>
const robust = ['PGD', 'IG-NORM', 'IG-SUM-NORM']

/** A mean over the methods of a part: one, as it is. */
const meanOf = (means: (ranking: Ranking) => readonly number[], metric: string, model: string): number => mean(means({ metric, model }))

/** Judges the claims that a part bears on. */
export function judge(data: string, results: Results): readonly Judgement[] {
  const models = Object.keys(results.models)
  const has = (...metrics: readonly string[]): boolean => metrics.every((metric) => metric in results.metrics)
  const of = (metrics: readonly string[], which: readonly string[]) => () => scoresOf(results, metrics, which)

  const harm = attackers.flatMap((attacker) => {
    const metrics = [label('random', 'top-k'), label(attacker, 'top-k'), label('random', 'LENS-recall'), label(attacker, 'LENS-recall')] as const
    if (!has(...metrics)) return []
    const [randomTopK, attackedTopK, randomRecall, attackedRecall] = metrics
    return judged(`By the top-k intersection random signs look nearly as harmful as ${attackNames[attacker]}; by LENS-recall they do not`, data, 'random perturbations look like strong attacks', of(metrics, ['natural']), (scores) => {
      const shareOf = (random: string, attacked: string) => (means: (ranking: Ranking) => readonly number[]): number => (1 - meanOf(means, random, 'natural')) / (1 - meanOf(means, attacked, 'natural'))
      const [byTopK, byRecall] = [shareOf(randomTopK, attackedTopK), shareOf(randomRecall, attackedRecall)]
      return { ours: `they do ${shown(scores.estimate(byTopK))} of its harm by top-k, ${shown(scores.estimate(byRecall))} by LENS-recall`, verdict: above(scores.estimate((means) => byTopK(means) - byRecall(means)), 0) }
    })
  })

  const [attackedTopK, masked] = [label('top-k attack', 'top-k'), label('LENS attack', 'top-k')]
  const masking = (has(attackedTopK, masked) ? models : []).map((model) =>
    judged(`The attack that is masked by LENS lowers the top-k intersection less than the plain one (${model})`, data, 'less', of([attackedTopK, masked], [model]), (scores) => {
      const less = scores.estimate((means) => meanOf(means, masked, model) - meanOf(means, attackedTopK, model))
      return { ours: `by ${shown(less)} less`, verdict: above(less, 0) }
    }),
  )

  const kept = attackers.flatMap((attacker) =>
    (['top-k', 'LENS-recall', 'LENS-recall-div'] as const).flatMap((comparison) => {
      const metric = label(attacker, comparison)
      return (has(metric) ? models.filter((model) => robust.includes(model)) : []).map((model) =>
        judged(`${model} keeps more of its maps under ${attackNames[attacker]} than natural training, by ${comparison}`, data, 'more, on small data sets', of([metric], ['natural', model]), (scores) => {
          const more = scores.estimate((means) => meanOf(means, metric, model) - meanOf(means, metric, 'natural'))
          return { ours: `by ${shown(more)} more`, verdict: above(more, 0) }
        }),
      )
    }),
  )
  return [...harm, ...masking, ...kept]
}

/** Whether the advantage of PGD over natural training is smaller on the larger of two data sets, whose inputs are others. */
export function shrinks(small: readonly [string, Results], large: readonly [string, Results]): readonly Judgement[] {
  return attackers.flatMap((attacker) =>
    (['top-k', 'LENS-recall'] as const).map((comparison) => {
      const metric = label(attacker, comparison)
      const scores = ([, results]: readonly [string, Results]) => scoresOf(results, [metric], ['natural', 'PGD'])
      const advantage = (means: (ranking: Ranking) => readonly number[]): number => meanOf(means, metric, 'PGD') - meanOf(means, metric, 'natural')
      return judged(`The advantage of PGD under ${attackNames[attacker]}, by ${comparison}, is smaller on ${large[0]} than on ${small[0]}`, `${small[0]}, ${large[0]}`, 'it shrinks with the size of the data', () => scores(large), (onLarge) => {
        const [there, here] = [scores(small).estimate(advantage), onLarge.estimate(advantage)]
        // Each draw of one stands beside another draw of the other: their inputs have nothing to do with one another.
        const resampled = there.resampled.map((value, draw) => value - here.resampled.at(-1 - draw)!)
        const more = { value: there.value - here.value, ...percentileInterval(resampled), resampled }
        return { ours: `${shown(there)} and ${shown(here)}`, verdict: above(more, 0) }
      })
    }),
  )
}

/** What cannot be judged here, and why. */
export const beyond: readonly Judgement[] = [
  { claim: 'On ImageNet the advantage of adversarially trained networks disappears', data: 'ImageNet', theirs: 'it disappears', ours: 'weights of adversarially trained networks for ImageNet cannot be had where this was run, and training them takes machines of another size', verdict: 'cannot tell' },
  { claim: 'People side with LENS rather than with the top-k intersection', data: 'Flower', theirs: 'a survey', ours: 'nobody was asked', verdict: 'cannot tell' },
]
