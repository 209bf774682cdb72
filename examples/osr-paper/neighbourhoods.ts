import { createRandomness, mean, percentileInterval, resampledMeans, spearman } from '@touchstone/core'
import { above, below, byInputs, shown, type Judgement, type Verdict } from '../papers/judgement.js'
import type { Estimate } from '../papers/scores.js'

/** What is known of one neighbour of an input. */
export interface Found {
  readonly l2: number
  readonly linf: number
  /** F(x) - F(x~). */
  readonly logitDistance: number
  readonly sameClass: boolean
  readonly accepted: boolean
}

/** By sampler, the neighbours of each input. The generator as printed may be left out. */
export type Neighbourhoods = Readonly<Record<string, readonly (readonly Found[])[]>>

/** The samplers whose neighbours are judged, and what the paper says of noise on CIFAR-10. */
export const noises = {
  'U(-0.05, 0.05)': { options: { kind: 'uniform', radius: 0.05 }, sameClass: 0.5 },
  'U(-0.06, 0.06)': { options: { kind: 'uniform', radius: 0.06 }, sameClass: 0.15 },
  'N(0, 0.03)': { options: { kind: 'gaussian', radius: 0.03 }, sameClass: 0.5 },
  'N(0, 0.04)': { options: { kind: 'gaussian', radius: 0.04 }, sameClass: 0.025 },
} as const
export const generators = {
  generator: { use: 'osr-gan', options: {} },
  'generator, delta 2.5': { use: 'osr-gan', options: { delta: { logit: 2.5 } } },
  'generator, delta 5': { use: 'osr-gan', options: { delta: { logit: 5 } } },
  'generator, printed': { use: 'osr-gan-paper', options: {} },
} as const

/** Judges what the paper says of neighbours by generators, on inputs at which each sampler in question has accepted ones. */
export function judgeNeighbourhoods(data: string, found: Neighbourhoods): readonly Judgement[] {
  const accepted = (sampler: string): readonly (readonly Found[])[] => found[sampler]!.map((some) => some.filter((one) => one.accepted))
  const inputs = found.generator!.length
  const judged = (claim: string, theirs: string, values: readonly (number | undefined)[], judge: (estimate: Estimate) => { readonly ours: string; readonly verdict: Verdict }): Judgement => {
    const defined = values.filter((value) => value !== undefined)
    if (defined.length === 0) return { claim, data, theirs, inputs: 0, ours: 'no input has enough neighbours', verdict: 'cannot tell' }
    const { ours, verdict } = judge(estimateOf(defined))
    return { claim, data, theirs, inputs: defined.length, ours, verdict: byInputs(defined.length, verdict) }
  }
  const perInput = (of: (input: number) => number | undefined): readonly (number | undefined)[] => Array.from({ length: inputs }, (_, input) => of(input))
  const spread = (some: readonly Found[]): number | undefined => (some.length < 2 ? undefined : variation(some.map(({ l2 }) => l2)))

  return [
    ...['generator', 'generator, printed'].filter((sampler) => sampler in found).map((sampler) =>
      judged(`C6: distances of neighbours by the ${sampler} are less concentrated than those by N(0, 0.03)`, 'less', perInput((input) => difference(spread(accepted(sampler)[input]!), spread(accepted('N(0, 0.03)')[input]!))), (more) => ({
        ours: `standard deviation over mean larger by ${shown(more)}`,
        verdict: above(more, 0),
      })),
    ),
    ...['generator, printed'].filter((sampler) => sampler in found).map((sampler) =>
      judged(`C6: most neighbours by the ${sampler}, lie within 0.9 delta of the logit, not at its border`, 'most', perInput((input) => shareOf(accepted(sampler)[input]!, ({ logitDistance }) => Math.abs(logitDistance) > 4.5)), (share) => ({
        ours: `${shown(share)} beyond`,
        verdict: below(share, 0.5),
      })),
    ),
    ...(data === 'cifar10' ? Object.entries(noises) : []).map(([name, { sameClass: theirs }]) =>
      judged(`C7: of what ${name} makes of pictures, a share keeps its class`, `${theirs}`, perInput((input) => shareOf(found[name]![input]!, (one) => one.sameClass)), (share) => ({
        ours: shown(share),
        verdict: share.low <= theirs && theirs <= share.high ? 'holds' : 'does not hold',
      })),
    ),
    judged('C8: the farther the logit, the farther the neighbour', 'pictures get worse', perInput((input) => {
      const some = accepted('generator, delta 5')[input]!
      return some.length < 3 ? undefined : spearman(some.map(({ logitDistance }) => Math.abs(logitDistance)), some.map(({ l2 }) => l2))
    }), (rho) => ({ ours: `Spearman's rho ${shown(rho)}`, verdict: above(rho, 0) })),
    judged('C9: with delta 5 neighbours lie farther away than with 2.5', 'farther', perInput((input) => difference(meanDistance(accepted('generator, delta 5')[input]!), meanDistance(accepted('generator, delta 2.5')[input]!))), (more) => ({ ours: `by ${shown(more)} in l2`, verdict: above(more, 0) })),
  ]
}

const variation = (values: readonly number[]): number => {
  const centre = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2))) / centre
}
const meanDistance = (some: readonly Found[]): number | undefined => (some.length === 0 ? undefined : mean(some.map(({ l2 }) => l2)))
const shareOf = (some: readonly Found[], is: (one: Found) => boolean): number | undefined => (some.length === 0 ? undefined : mean(some.map((one) => Number(is(one)))))
const difference = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined || other === undefined ? undefined : one - other)

function estimateOf(values: readonly number[]): Estimate {
  const [resampled] = resampledMeans([Float64Array.from(values)], createRandomness(1, 'inputs'), 2000)
  return { value: mean(values), ...percentileInterval(resampled!), resampled: resampled! }
}
