import { defineExtension, featureCount, featureGroupsOption, groupFeatures, option, singleBaselineOption, type Attributer, type FeatureChoice, type Randomness } from '@touchstone/core'
import * as z from 'zod/mini'
import type { RemovalOptions } from './feature-ablation.js'
import { attributerFromVariants, costOf, keeper, maxRowsOption, tooManyRows } from './variants.js'

export interface ShapleySamplingOptions extends RemovalOptions {
  /** Orders of the features; each costs a row per feature but one. */
  readonly permutations: number
  /** Whether every second order is the reverse of the one before. */
  readonly antithetic: boolean
}

/** The empty and the full coalition are shared by all permutations. */
const rowsFor = (features: number, permutations: number): number => permutations * (features - 1) + 2

/** Permutation number `draw`: `rank[i]` is the place of feature i in the order. Uniform over all orders (Fisher, Yates), to 1 in 2^32. */
function ranks(n: number, randomness: Randomness, draw: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, index) => index)
  const uniforms = randomness.uniforms('@touchstone/perturbation:permutation', draw, n)
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor(uniforms[last]! * (last + 1))
    const swap = order[last]!
    order[last] = order[other]!
    order[other] = swap
  }
  const rank = new Int32Array(n)
  order.forEach((feature, place) => (rank[feature] = place))
  return rank
}

/** The attributer behind `shapley-sampling`. */
export function shapleySamplingAttributer({ features: choice, baseline, permutations, antithetic, maxRows }: ShapleySamplingOptions): Attributer {
  return attributerFromVariants(
    'shapley-sampling',
    async (setting) => {
      const features = groupFeatures(choice, setting.inputShape, 'shapley-sampling')
      const keep = await keeper(features, baseline, setting, 'shapley-sampling')
      const n = features.count
      return {
        rows: rowsFor(n, permutations),
        because: `${n} features in ${permutations} permutations`,
        begin: (randomness) => {
          const orders = Array.from({ length: permutations }, (_, index) => ranks(n, randomness, antithetic ? Math.floor(index / 2) : index))
          if (antithetic) for (let index = 1; index < permutations; index += 2) orders[index] = orders[index]!.map((rank) => n - 1 - rank)
          // Variants: nothing, everything, then for each order its first 1, 2, ..., n - 1 features.
          return {
            vary: (x, index) => {
              if (index === 0) return keep(x, () => false)
              if (index === 1) return
              const rank = orders[Math.floor((index - 2) / (n - 1))]!
              const present = ((index - 2) % (n - 1)) + 1
              keep(x, (feature) => rank[feature]! < present)
            },
            explain: (logits) => {
              const sums = new Float64Array(n)
              orders.forEach((rank, order) => {
                const value = (present: number): number => logits[present === 0 ? 0 : present === n ? 1 : 1 + order * (n - 1) + present]!
                for (let feature = 0; feature < n; feature++) sums[feature]! += value(rank[feature]! + 1) - value(rank[feature]!)
              })
              return Float64Array.from(features.of, (feature) => sums[feature]! / permutations)
            },
          }
        },
      }
    },
    maxRows,
  )
}

/**
 * Shapley values by sampled permutations: A(x)_i = mean over orders of the features of F_y(with the features up to and with that of i) -
 * F_y(with those before it), absent features being at the baseline. Signed, in the shape of the input; every order adds up to F_y(x) -
 * F_y(baseline), so the features do, whatever their number. Unbiased; the error falls with 1 / sqrt(permutations). All values of one feature get
 * the same number. The orders follow from the example's randomness: its neighbours have the same ones.
 *
 * `antithetic` takes every second order as the reverse of the one before: exact where features interact at most in pairs, and seldom worse.
 *
 * Source: Castro, Gomez, Tejada, "Polynomial calculation of the Shapley value based on sampling", 2009; Strumbelj, Kononenko, 2010; antithetic as
 * in Mitchell, Cooper, Frank, Holmes, "Sampling permutations for Shapley value estimation", JMLR 2022.
 */
export const shapleySampling = defineExtension({
  kind: 'attributer',
  name: 'shapley-sampling',
  summary: 'Shapley values of features by sampled permutations, absent features being at a baseline',
  citation: 'Castro, Gomez, Tejada, "Polynomial calculation of the Shapley value based on sampling", 2009; Strumbelj, Kononenko, "An efficient explanation of individual classifications using game theory", JMLR 2010',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: {
    features: featureGroupsOption,
    baseline: singleBaselineOption,
    permutations: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(1_000_000, 'expected at most 1000000')), {
      summary: 'orders in which features are added; each costs a row per feature but one',
      default: 25,
    }),
    antithetic: option(z.boolean('expected true or false'), { summary: 'whether every second order is the reverse of the one before', default: false }),
    maxRows: maxRowsOption,
  },
  check: ({ features, permutations, maxRows }) => tooManyRows(features as FeatureChoice, maxRows as number, (count) => rowsFor(count, permutations as number)),
  cost: ({ features, permutations, maxRows }, inputShape?: readonly number[]) => {
    const count = featureCount(features, inputShape)
    return costOf(count === undefined ? undefined : rowsFor(count, permutations), maxRows)
  },
  create: shapleySamplingAttributer,
})
