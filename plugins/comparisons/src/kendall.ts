import { channelsOption, compareFeatures, defineComparison, faultOf, isConstant, kendallTauB, resultOf, undefinedResult } from '@touchstone/core'

/**
 * `kendall`: Kendall's tau-b of the features of two maps, (C - D) / sqrt((n0 - n1)(n0 - n2)), with C concordant and D discordant of all n0
 * pairs of features, and n1 and n2 the pairs that are equal in one map; in [-1, 1]. Undefined where a map is constant. Takes O(n log n).
 */
export const kendall = defineComparison({
  name: 'kendall',
  summary: 'rank correlation tau-b of the features of two maps',
  citation: 'Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33, 1945',
  measures: 'similarity',
  range: [-1, 1],
  options: { channels: channelsOption },
  compare: (options) =>
    compareFeatures(options.channels, (a, b) => {
      const reason = faultOf(isConstant, 'constant', a, b)
      return reason === undefined ? resultOf(kendallTauB(a, b)) : undefinedResult(reason)
    }),
})
