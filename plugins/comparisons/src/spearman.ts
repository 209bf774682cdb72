import { channelsOption, compareFeatures, defineComparison, faultOf, isConstant, resultOf, spearman as rho, undefinedResult } from '@touchstone/core'

/**
 * `spearman`: Spearman's rho of the features of two maps, that is Pearson's correlation of their ranks, equal features sharing the mean of
 * the ranks they span; in [-1, 1]. Undefined where a map is constant.
 */
export const spearman = defineComparison({
  name: 'spearman',
  summary: 'rank correlation rho of the features of two maps',
  citation: 'Spearman, "The Proof and Measurement of Association between Two Things", American Journal of Psychology 15, 1904',
  measures: 'similarity',
  range: [-1, 1],
  options: { channels: channelsOption },
  compare: (options) =>
    compareFeatures(options.channels, (a, b) => {
      const reason = faultOf(isConstant, 'constant', a, b)
      return reason === undefined ? resultOf(rho(a, b)) : undefinedResult(reason)
    }),
})
