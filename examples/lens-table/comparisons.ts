const w = 1

/** Comparisons of the k largest pixels and of whole maps, by the names that stand in tables; pixels may have moved by 1. */
export const comparisonsOf = (k: number) => ({
  'top-k': { use: 'top-k', options: { k } },
  'LENS-recall': { use: 'lens-recall', options: { k, w } },
  'LENS-prec': { use: 'lens-prec', options: { k, w } },
  'top-k-div': { use: 'top-k-div', options: { k, w } },
  'LENS-recall-div': { use: 'lens-recall-div', options: { k, w } },
  'LENS-prec-div': { use: 'lens-prec-div', options: { k, w } },
  Spearman: { use: 'spearman', options: { channels: 'sum-abs' } },
  Kendall: { use: 'kendall', options: { channels: 'sum-abs' } },
  'LENS-Spearman': { use: 'lens-spearman', options: { w } },
  'LENS-Kendall': { use: 'lens-kendall', options: { w } },
}) as const
export type ComparisonName = keyof ReturnType<typeof comparisonsOf>
