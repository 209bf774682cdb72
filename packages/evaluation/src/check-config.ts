import { ConfigError, describe, isRecord, suggestion, type BackendChoice, type Host, type Kind, type Labels, type Problem, type ResolvedExtension } from '@touchstone/core'
import type { ResolvedConfig } from './results.js'

/** A config without a problem: what determines the results, and what does not. */
export interface CheckedConfig {
  readonly resolved: ResolvedConfig
  readonly batchRows: number
  readonly executor: ResolvedExtension
  readonly storage: ResolvedExtension
  readonly backend: BackendChoice
}

const keys = ['$schema', 'plugins', 'models', 'dataset', 'examples', 'target', 'attributers', 'metrics', 'seed', 'batchRows', 'executor', 'store', 'backend']
const source = '@touchstone/evaluation'

/**
 * Checks a whole config against the loaded plugins before any work.
 * @param origin the config's file, or where else it comes from.
 * @throws ConfigError with every problem.
 */
export function checkConfig(config: unknown, host: Host, origin: string): CheckedConfig {
  const problems: Problem[] = []
  const problem = (path: readonly PropertyKey[], message: string): void => void problems.push({ path, message, source })
  if (!isRecord(config)) throw new ConfigError(origin, [{ path: [], message: `expected an object, found ${describe(config)}`, source }])

  for (const key of Object.keys(config)) if (!keys.includes(key)) problem([key], `unknown key${suggestion(key, keys)}`)

  const group = (key: 'models' | 'attributers' | 'metrics', what: string): Readonly<Record<string, unknown>> => {
    const value = config[key]
    if (!isRecord(value)) {
      problem([key], `expected an object of ${what} by label, found ${describe(value)}`)
      return {}
    }
    const labels = Object.keys(value)
    if (labels.length === 0) problem([key], `expected at least one, as in { label: 'name' }`)
    const seen = new Map<string, string>()
    for (const label of labels) {
      // A label names files of the run, where capitals may not count and special characters are percent-encoded.
      if (!/^[^\p{C}.\s][^\p{C}]*$/u.test(label) || encodeURIComponent(label).length > 200)
        problem([key, label], 'a label has 1 to 200 printable characters, fewer where a file name must encode them, and does not start with a dot or a space')
      const other = seen.get(label.toLowerCase())
      if (other !== undefined) problem([key, label], `differs from "${other}" by capitals alone: choose another label`)
      seen.set(label.toLowerCase(), label)
    }
    return value
  }
  const models = group('models', 'models')
  const attributers = group('attributers', 'attribution methods')
  const metrics = group('metrics', 'metrics')

  const labels = { model: models, attributer: attributers, score: metrics } as Labels
  const resolver = host.resolver(labels)
  const resolveAll = (kind: Kind, key: string, inputs: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(inputs).map(([label, input]) => [label, resolver.resolve(kind, input, [key, label])]))
  const resolvedModels = resolveAll('model', 'models', models)
  const dataset = resolver.resolve('dataset', config.dataset, ['dataset'])
  const resolvedAttributers = resolveAll('attributer', 'attributers', attributers)
  const resolvedMetrics = resolveAll('score', 'metrics', metrics)
  const executor = resolver.resolve('executor', config.executor === undefined ? 'inline' : config.executor, ['executor'])
  const storage = resolver.resolve('storage', config.store === undefined ? 'memory' : config.store, ['store'])

  const backend = config.backend === undefined || config.backend === 'auto' ? 'auto' : resolver.resolve('backend', config.backend, ['backend'])

  const integer = (path: readonly string[], value: unknown, fallback: number, least: number): number => {
    if (value === undefined) return fallback
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
    problem(path, `expected a whole number of at least ${least}, found ${describe(value)}`)
    return fallback
  }
  const examples = config.examples === undefined ? {} : config.examples
  if (!isRecord(examples)) problem(['examples'], `expected an object such as { take: 32 }, found ${describe(examples)}`)
  const { take, correctFor = 'any', ...rest } = isRecord(examples) ? examples : {}
  for (const key of Object.keys(rest)) problem(['examples', key], `unknown key${suggestion(key, ['take', 'correctFor'])}`)
  if (correctFor !== 'any' && correctFor !== 'all-models' && correctFor !== 'each-model')
    problem(['examples', 'correctFor'], `expected "all-models", "each-model" or "any", found ${describe(correctFor)}`)
  const { target = 'predicted' } = config
  if (target !== 'predicted' && target !== 'label' && !(typeof target === 'number' && Number.isSafeInteger(target) && target >= 0))
    problem(['target'], `expected "predicted", "label" or the index of a class, found ${describe(target)}`)

  const checked = {
    resolved: {
      seed: integer(['seed'], config.seed, 0, 0),
      target,
      examples: { take: integer(['examples', 'take'], take, 32, 1), correctFor },
      models: resolvedModels,
      dataset,
      attributers: resolvedAttributers,
      metrics: resolvedMetrics,
    },
    batchRows: integer(['batchRows'], config.batchRows, 64, 1),
    executor,
    storage,
    backend,
  }
  problems.push(...resolver.problems)
  if (problems.length > 0) throw new ConfigError(origin, problems)
  return checked as CheckedConfig
}
