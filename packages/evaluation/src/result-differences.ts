import { canonicalJson, formatPath, isRecord } from '@touchstone/core'
import type { Results } from './results.js'

/** One thing in which two runs differ; undefined where a run lacks it. */
export interface ResultDifference {
  /** As in `config.attributers.ig.options.steps`. */
  readonly path: string
  readonly a: unknown
  readonly b: unknown
}

/** Where two runs differ in what their scores depend on: config with plugins and versions, engine, models, dataset, in this order. */
export function resultDifferences(a: Results, b: Results): readonly ResultDifference[] {
  const causes = ({ config, engine, models, dataset }: Results): unknown => ({ config, engine, models, dataset })
  return differencesWithin(causes(a), causes(b), [])
}

function differencesWithin(a: unknown, b: unknown, path: readonly string[]): readonly ResultDifference[] {
  if (isRecord(a) && isRecord(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differencesWithin(a[key], b[key], [...path, key]))
  return canonicalJson([a]) === canonicalJson([b]) ? [] : [{ path: formatPath(path), a, b }]
}
