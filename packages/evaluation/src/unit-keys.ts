import { canonicalJson, hash, treeIdentity, type Dataset, type EngineInfo, type Host, type Model, type ResolvedExtension } from '@touchstone/core'
import { evaluationPlugin } from './plugin.js'
import type { ResolvedConfig } from './results.js'
import { sessionPrefix } from './store/store.js'

/** What is computed and kept: each has a key, the hash of all that determines it. */
export interface UnitKeys {
  /** What a model makes of an input. */
  readonly prediction: (model: string, inputDigest: string) => string
  /** An example under a model and target: every key below starts from it. */
  readonly subject: (model: string, example: { readonly id: string; readonly label?: number | undefined; readonly inputDigest: string }, target: number) => string
  readonly map: (subject: string, attributer: string) => string
  readonly score: (subject: string, attributer: string, metric: string) => string
  /** What a score saw of neighbours. */
  readonly seen: (subject: string, attributer: string, metric: string) => string
  /** Neighbours; the attributer's label where they depend on it. */
  readonly samples: (subject: string, sampler: ResolvedExtension, count: number, attributer: string | undefined) => string
  /** What extensions of a package make once for an example and model. */
  readonly shared: (subject: string, packageName: string, what: string, key: string) => string
  /** Why something of this evaluation cannot outlive it, nor leave its process; undefined where all of it can. */
  readonly sessionOnly: string | undefined
}

/** Digits of a key: 160 bits. */
const digits = 40

interface Facts {
  readonly host: Host
  readonly engine: EngineInfo | null
  readonly resolved: ResolvedConfig
  readonly models: ReadonlyMap<string, Model>
  readonly dataset: Dataset
}

/**
 * Keys are made of content: fingerprints, the bytes of inputs, resolved trees of extensions with the code behind them, target, seed and engine. Batch size,
 * executor and threads are not among it. What stems from an object made in code, or from a plugin that does not say what code it is, has a key for this
 * session alone.
 */
export function createUnitKeys({ host, engine, resolved, models, dataset }: Facts): UnitKeys {
  const builds = new Map(host.plugins.map(({ name, build, version }) => [name, build ?? version]))
  const reasons: string[] = []
  /** The code behind a package. */
  const codeOf = (name: string): string => {
    const build = builds.get(name)
    if (build !== undefined) return `${name}@${build}`
    reasons.push(name === 'code' ? 'the config holds objects made in code' : `plugin ${name} does not say which version it is, as plugins do that a config names by their package`)
    return `${sessionPrefix}${name}`
  }
  /** A hash that belongs to the session where one of its parts does. */
  const key = (...parts: readonly string[]): string => `${parts.some((part) => part.includes(sessionPrefix)) ? sessionPrefix : ''}${hash(...parts).slice(0, digits)}`
  const identity = (tree: ResolvedExtension): unknown => treeIdentity(tree, ({ package: from }) => codeOf(from))
  const treeKeys = (trees: Readonly<Record<string, ResolvedExtension>>): ReadonlyMap<string, string> => new Map(Object.entries(trees).map(([label, tree]) => [label, key(canonicalJson(identity(tree)))]))

  const attributers = treeKeys(resolved.attributers)
  const metrics = treeKeys(resolved.metrics)
  const evaluation = codeOf(evaluationPlugin.name)
  const runsOn = canonicalJson(engine && { name: engine.name, version: engine.version, kernels: engine.kernels })
  const modelKeys = new Map([...models].map(([label, { fingerprint }]) => [label, key(runsOn, codeOf(resolved.models[label]!.package), fingerprint)]))
  const data = key(codeOf(resolved.dataset.package), dataset.fingerprint)

  return {
    prediction: (model, inputDigest) => key('prediction', modelKeys.get(model)!, inputDigest),
    subject: (model, { id, label, inputDigest }, target) => key(evaluation, modelKeys.get(model)!, data, id, String(label), inputDigest, String(target), String(resolved.seed)),
    map: (subject, attributer) => key('map', subject, attributers.get(attributer)!),
    score: (subject, attributer, metric) => key('score', subject, attributers.get(attributer)!, metrics.get(metric)!),
    seen: (subject, attributer, metric) => key('seen', subject, attributers.get(attributer)!, metrics.get(metric)!),
    samples: (subject, sampler, count, attributer) => key('samples', subject, canonicalJson(identity(sampler)), String(count), attributer === undefined ? '' : attributers.get(attributer)!),
    shared: (subject, packageName, what, inner) => key('shared', subject, codeOf(packageName), what, inner),
    sessionOnly: reasons[0],
  }
}
