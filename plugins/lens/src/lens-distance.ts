import { compareMaps, defineComparison, isFiniteArray, option, resultOf, schemaOf, undefinedResult } from '@touchstone/core'
import { compareSelections } from './compare-selections.js'
import { distance } from './formulas.js'
import { reductionOption } from './options.js'
import { largest } from './selections.js'
import { source } from './source.js'

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T])

const isAscending = (values: readonly number[]): boolean => values.length > 0 && values.every((value, i) => i === 0 || value > values[i - 1]!)
const isCount = (value: unknown): boolean => typeof value === 'number' && value > 0 && (value < 1 || Number.isSafeInteger(value))
const isRadius = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isCounts = (value: unknown): value is number | readonly number[] => listOf<unknown>(value).every(isCount) && isAscending(listOf(value as number))
const isRadii = (value: unknown): value is number | readonly number[] => listOf<unknown>(value).every(isRadius) && isAscending(listOf(value as number))
const isWeights = (value: unknown): value is readonly number[] | undefined =>
  value === undefined ||
  (Array.isArray(value) && value.length > 0 && isFiniteArray(value as number[]) && (value as number[]).every((weight, i, all) => weight >= 0 && (i === 0 || weight <= all[i - 1]!)))

const weights = schemaOf(isWeights, 'expected a list of numbers of at least 0, none larger than the one before it')

/**
 * `lens-distance`: d = sum_k alpha_k sum_w beta_w d_k^(w), with d_k^(w) = |S_k \ N_w(T_k)| / k + |T_k \ N_w(S_k)| / k what LENS-prec@k and LENS-recall@k
 * miss; S_k and T_k the k largest pixels of the two maps. In [0, inf), at most 2 where the weights add up to 1, which they do unless told. Each
 * d_k^(w) is one of the parts, as `k=100 w=1`.
 *
 * d_k^(w) falls as w grows, and is at most |S_k ^ T_k| / k, the part that only one of the maps has (proposition 1). For w > 0 it is no metric: two
 * maps may each be 0 from a third and not from each other.
 *
 * Source: "Rethinking Robustness of Model Attributions", AAAI 2024, propositions 1 and 2.
 */
export const lensDistance = defineComparison({
  name: 'lens-distance',
  summary: 'what LENS-prec@k and LENS-recall@k miss, added up over several k and w',
  citation: `${source}, propositions 1 and 2`,
  measures: 'distance',
  range: [0, null],
  options: {
    k: option(schemaOf(isCounts, 'expected a whole number of pixels from 1, or a share of them between 0 and 1; or an ascending list of them'), {
      summary: 'how many of the largest pixels count: a whole number, or a share in (0, 1) of them all; or several',
      default: 0.1,
      unit: 'pixels, or share of the pixels',
    }),
    w: option(schemaOf(isRadii, 'expected a whole number of pixels, at least 0, or an ascending list of them'), { summary: 'how far apart pixels may lie and still count as the same place; or several', default: 1, unit: 'pixels' }),
    kWeights: option(weights, { summary: 'alpha_k, a weight for each k, not increasing; equal ones that add up to 1 unless told' }),
    wWeights: option(weights, { summary: 'beta_w, a weight for each w, not increasing; equal ones that add up to 1 unless told' }),
    channels: reductionOption,
  },
  check: ({ k, w, kWeights, wWeights }) =>
    [
      { option: 'kWeights' as const, given: kWeights, of: listOf(k) },
      { option: 'wWeights' as const, given: wWeights, of: listOf(w) },
    ].flatMap(({ option: name, given, of }) => (given !== undefined && (given as readonly number[]).length !== of.length ? [{ option: name, message: `expected a weight for each of ${of.length}, found ${(given as readonly number[]).length}` }] : [])),
  compare: ({ k, w, kWeights, wWeights, channels }) => {
    const [counts, radii] = [listOf(k), listOf(w)]
    const weightsOf = (given: readonly number[] | undefined, count: number) => given ?? new Array<number>(count).fill(1 / count)
    const [alphas, betas] = [weightsOf(kWeights, counts.length), weightsOf(wWeights, radii.length)]
    return compareMaps((a, b) => {
      const parts: Record<string, number> = {}
      let sum = 0
      for (const [i, count] of counts.entries()) {
        for (const [j, radius] of radii.entries()) {
          const { value, reason, diagnostics } = compareSelections({ k: count, w: radius, channels }, largest, distance)(a, b)
          if (value === undefined) return undefinedResult(reason)
          parts[`k=${diagnostics!.k!} w=${radius}`] = value
          sum += alphas[i]! * betas[j]! * value
        }
      }
      return resultOf(sum, { parts })
    })
  },
})
