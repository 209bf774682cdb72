import { defineExtension, featureCount, featureGroupsOption, groupFeatures, singleBaselineOption, type Attributer, type FeatureChoice, type SingleBaseline } from '@touchstone/core'
import { attributerFromVariants, costOf, keeper, maxRowsOption, tooManyRows } from './variants.js'

/** What all methods that take features away are told. */
export interface RemovalOptions {
  readonly features: FeatureChoice
  readonly baseline: SingleBaseline
  /** Inputs of which one map would cost more rows are refused. */
  readonly maxRows: number
}

const rowsFor = (features: number): number => features + 1

/** The attributer behind `feature-ablation`. */
export function featureAblationAttributer({ features: choice, baseline, maxRows }: RemovalOptions): Attributer {
  return attributerFromVariants(
    'feature-ablation',
    async (setting) => {
      const features = groupFeatures(choice, setting.inputShape, 'feature-ablation')
      const keep = await keeper(features, baseline, setting, 'feature-ablation')
      return {
        rows: rowsFor(features.count),
        because: `${features.count} features`,
        begin: () => ({
          vary: (x, index) => keep(x, (feature) => feature !== index - 1),
          explain: (logits) => Float64Array.from(features.of, (feature) => logits[0]! - logits[feature + 1]!),
        }),
      }
    },
    maxRows,
  )
}

/**
 * Feature ablation: A(x)_i = F_y(x) - F_y(x with the feature of i replaced by the baseline), signed, in the shape of the input. All values of
 * one feature get the same number, the effect of the whole feature. One row per feature and one for the input itself.
 *
 * Source: Covert, Lundberg, Lee, "Explaining by removing", JMLR 2021; conventions as in Captum (Kokhlikyan et al. 2020).
 */
export const featureAblation = defineExtension({
  kind: 'attributer',
  name: 'feature-ablation',
  summary: 'How much the logit falls when one feature is replaced by a baseline',
  citation: 'Covert, Lundberg, Lee, "Explaining by removing: a unified framework for model explanation", JMLR 2021; Kokhlikyan et al., "Captum", 2020',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: { features: featureGroupsOption, baseline: singleBaselineOption, maxRows: maxRowsOption },
  check: ({ features, maxRows }) => tooManyRows(features as FeatureChoice, maxRows as number, rowsFor),
  cost: ({ features, maxRows }, inputShape?: readonly number[]) => {
    const count = featureCount(features, inputShape)
    return costOf(count === undefined ? undefined : rowsFor(count), maxRows)
  },
  create: featureAblationAttributer,
})
