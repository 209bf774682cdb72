import { defineExtension, featureCount, featureGroupsOption, groupFeatures, singleBaselineOption, type Attributer, type FeatureChoice } from '@touchstone/core'
import type { RemovalOptions } from './feature-ablation.js'
import { attributerFromVariants, costOf, keeper, maxRowsOption, tooManyRows } from './variants.js'

const rowsFor = (features: number): number => 2 ** features

/**
 * Shapley values from the value of every coalition: phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
 * Bit i of an index says whether feature i is in the coalition; `values` has 2^n of them.
 */
function shapleyFromAll(values: ArrayLike<number>, n: number): Float64Array {
  // weight[s] = s! (n - s - 1)! / n! = 1 / (n C(n - 1, s)).
  const weight = new Float64Array(n)
  for (let s = 0, choose = 1; s < n; choose = (choose * (n - 1 - s)) / (s + 1), s++) weight[s] = 1 / (n * choose)
  const phi = new Float64Array(n)
  for (let coalition = 0; coalition < values.length; coalition++) {
    const w = weight[bitsOf(coalition)]!
    for (let i = 0; i < n; i++) if (!((coalition >>> i) & 1)) phi[i]! += w * (values[coalition | (1 << i)]! - values[coalition]!)
  }
  return phi
}

function bitsOf(value: number): number {
  let count = 0
  for (let rest = value; rest !== 0; rest &= rest - 1) count++
  return count
}

/** The attributer behind `shapley-exact`. */
export function shapleyExactAttributer({ features: choice, baseline, maxRows }: RemovalOptions): Attributer {
  return attributerFromVariants(
    'shapley-exact',
    async (setting) => {
      const features = groupFeatures(choice, setting.inputShape, 'shapley-exact')
      const keep = await keeper(features, baseline, setting, 'shapley-exact')
      return {
        rows: rowsFor(features.count),
        because: `${features.count} features with 2^${features.count} coalitions`,
        begin: () => ({
          vary: (x, coalition) => keep(x, (feature) => ((coalition >>> feature) & 1) === 1),
          explain: (logits) => {
            const phi = shapleyFromAll(logits, features.count)
            return Float64Array.from(features.of, (feature) => phi[feature]!)
          },
        }),
      }
    },
    maxRows,
  )
}

/**
 * Exact Shapley values: A(x)_i = phi_j for the feature j of i, with phi_j the average over all orders of features of the change in F_y when j
 * takes its value from x after those before it, while those after it are at the baseline. Signed, in the shape of the input; the phi_j add up
 * to F_y(x) - F_y(baseline). All values of one feature get the same number. 2^n rows for n features: 16 features by default, at most 30.
 *
 * Source: Shapley, "A value for n-person games", 1953; the baseline game as in Sundararajan, Najmi, "The many Shapley values for model
 * explanation", ICML 2020.
 */
export const shapleyExact = defineExtension({
  kind: 'attributer',
  name: 'shapley-exact',
  summary: 'Shapley values of features over all coalitions, absent features being at a baseline; for few features',
  citation: 'Shapley, "A value for n-person games", 1953; Sundararajan, Najmi, "The many Shapley values for model explanation", ICML 2020',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: { features: featureGroupsOption, baseline: singleBaselineOption, maxRows: maxRowsOption },
  check: ({ features, maxRows }) => tooManyRows(features as FeatureChoice, maxRows as number, rowsFor),
  cost: ({ features, maxRows }, inputShape?: readonly number[]) => {
    const count = featureCount(features, inputShape)
    return costOf(count === undefined ? undefined : rowsFor(count), maxRows)
  },
  create: shapleyExactAttributer,
})
