import type { MetricFacts, Results } from '@touchstone/evaluation'
import type { Findings } from './findings.js'

/** Differences with a larger p-value, corrected after Holm, are not taken as such. */
export const significance = 0.05

/** Who leads by one metric on one model, and how sure that is. */
export interface Lead {
  readonly model: string
  readonly metric: string
  /** The method of the best mean; `undefined` where no method has one, or where the metric has no direction. */
  readonly best: string | undefined
  /** Methods that cannot be told apart from it: their paired differences are within chance, or none could be tested. */
  readonly level: readonly string[]
  /** Examples in the smallest of the tests behind it; `undefined` where there was nothing to test. */
  readonly n: number | undefined
  /** The largest corrected p-value of those that it differs from. */
  readonly p: number | undefined
}

/** The best method by a metric on a model, and what stands level with it by the paired tests. */
export function leadOf(results: Results, findings: Findings, model: string, metric: string): Lead {
  const direction = findings.direction(metric)
  const means = findings.attributers.flatMap((method) => {
    const mean = findings.summary(model, method, metric)?.mean
    return typeof mean === 'number' ? [{ method, mean }] : []
  })
  const sign = direction === 'higher' ? -1 : 1
  const best = direction === undefined ? undefined : means.reduce<(typeof means)[number] | undefined>((first, one) => (first === undefined || sign * one.mean < sign * first.mean ? one : first), undefined)
  if (!best) return { model, metric, best: undefined, level: [], n: undefined, p: undefined }
  const tests = findings.attributers.flatMap((method) => {
    if (method === best.method) return []
    const test = results.comparisons.find((pair) => pair.model === model && pair.metric === metric && ((pair.attributer === best.method && pair.against === method) || (pair.against === best.method && pair.attributer === method)))
    return [{ method, n: test?.n ?? 0, p: test?.pHolm ?? null }]
  })
  const differ = tests.flatMap(({ p }) => (p !== null && p < significance ? p : []))
  return {
    model,
    metric,
    best: best.method,
    level: tests.filter(({ p }) => p === null || p >= significance).map(({ method }) => method),
    n: tests.length > 0 ? Math.min(...tests.map(({ n }) => n)) : undefined,
    p: differ.length > 0 ? Math.max(...differ) : undefined,
  }
}

/** The answer to one question on one model. */
export interface Answer {
  readonly model: string
  /** Methods that lead, or cannot be told apart from who leads, by most metrics of the question. */
  readonly methods: readonly string[]
  /** By how many. */
  readonly by: number
  /** How many metrics have a leader. */
  readonly of: number
  /** By how many of them the one method of `methods` leads beyond chance; 0 where there are several. */
  readonly beyondChance: number
  /** The method that has the best mean by most of the metrics, and by how many; `undefined` where several share that. */
  readonly front: { readonly method: string; readonly by: number } | undefined
}

/** Who answers a question best on a model: counted over metrics, whose values are never added up. */
export function answer(leads: readonly Lead[], model: string): Answer {
  const ofModel = leads.filter((lead) => lead.model === model && lead.best !== undefined)
  const counts = new Map<string, number>()
  for (const { best, level } of ofModel) for (const method of [best!, ...level]) counts.set(method, (counts.get(method) ?? 0) + 1)
  const by = Math.max(0, ...counts.values())
  const methods = [...counts].filter(([, count]) => count === by).map(([method]) => method)
  const beyondChance = methods.length === 1 ? ofModel.filter(({ best, level, n }) => best === methods[0] && level.length === 0 && n !== undefined).length : 0
  const firsts = new Map<string, number>()
  for (const { best } of ofModel) firsts.set(best!, (firsts.get(best!) ?? 0) + 1)
  const [front, second] = [...firsts].sort(([, a], [, b]) => b - a)
  return { model, methods, by, of: ofModel.length, beyondChance, front: front && front[1] !== second?.[1] ? { method: front[0], by: front[1] } : undefined }
}

/** The metrics that answer a question; those that do not say which stand in no list. */
export function metricsThatJudge({ metrics }: Results, findings: Findings, what: MetricFacts['judges']): readonly string[] {
  return findings.metrics.filter((metric) => Object.hasOwn(metrics, metric) && metrics[metric]!.judges === what)
}
