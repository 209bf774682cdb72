import {
  ConfigError,
  describe,
  isUserError,
  sameShape,
  type Attributer,
  type Dataset,
  type Executor,
  type Extensions,
  type Host,
  type Kind,
  type Model,
  type Problem,
  type ResolvedExtension,
  type Score,
  type Scope,
  type Storage,
} from '@touchstone/core'
import type { CheckedConfig } from './check-config.js'

/** Everything a config names, made. */
export interface Instances {
  readonly models: ReadonlyMap<string, Model>
  readonly dataset: Dataset
  readonly attributers: ReadonlyMap<string, Attributer>
  readonly scores: ReadonlyMap<string, Score>
  readonly executor: Executor
  readonly storage: Storage
}

/**
 * Makes what a checked config names: models are loaded, datasets opened.
 * @throws ConfigError with everything of it that could not be made, or that does not fit together.
 */
export async function makeInstances({ resolved, executor, storage }: CheckedConfig, host: Host, scope: Scope, origin: string): Promise<Instances> {
  const problems: Problem[] = []
  const make = async <K extends Kind>(kind: K, tree: ResolvedExtension, path: readonly PropertyKey[]): Promise<Extensions[K] | undefined> => {
    try {
      return await scope.create({ ...tree, kind })
    } catch (error) {
      if (!isUserError(error)) throw new Error(`${tree.package} could not make ${kind} "${tree.use}"`, { cause: error })
      problems.push({ path, message: error.message, source: tree.package })
      return undefined
    }
  }
  const makeAll = async <K extends Kind>(kind: K, key: string, trees: Readonly<Record<string, ResolvedExtension>>) => {
    const made = new Map<string, Extensions[K]>()
    for (const [label, tree] of Object.entries(trees)) {
      const instance = await make(kind, tree, [key, label])
      if (instance !== undefined) made.set(label, instance)
    }
    return made
  }

  const dataset = await make('dataset', resolved.dataset, ['dataset'])
  const models = await makeAll('model', 'models', resolved.models)
  const attributers = await makeAll('attributer', 'attributers', resolved.attributers)
  const scores = await makeAll('score', 'metrics', resolved.metrics)
  const runner = await make('executor', executor, ['executor'])
  const keeper = await make('storage', storage, ['store'])

  for (const [label, { direction }] of scores) {
    if ((direction as unknown) !== 'lower' && (direction as unknown) !== 'higher')
      problems.push({ path: ['metrics', label], message: `its score must say whether lower or higher is better, found direction ${describe(direction)}`, source: resolved.metrics[label]!.package })
  }
  for (const [label, model] of models) {
    if (dataset && !sameShape(model.inputShape, dataset.inputShape)) {
      problems.push({
        path: ['models', label],
        message: `takes inputs of shape [${model.inputShape.join(', ')}], but those of the dataset are [${dataset.inputShape.join(', ')}]`,
        source: '@touchstone/evaluation',
      })
    }
    if (typeof resolved.target === 'number' && resolved.target >= model.classCount) {
      problems.push({ path: ['target'], message: `class ${resolved.target} does not exist in model "${label}": it knows 0 to ${model.classCount - 1}`, source: '@touchstone/evaluation' })
    }
    for (const [name, tree] of Object.entries(resolved.attributers)) {
      const missing = host.needs(tree).filter((need) => !(need in model.capabilities))
      if (missing.length === 0) continue
      problems.push({
        path: ['attributers', name],
        message: `needs a model with ${missing.join(', ')}, which "${label}" does not offer${reasonsOf(model, missing)}; ${whatWorks(resolved.attributers, model, host)}`,
        source: '@touchstone/evaluation',
      })
    }
  }
  if (problems.length > 0) throw new ConfigError(origin, problems)
  return { models, dataset: dataset!, attributers, scores, executor: runner!, storage: keeper! }
}

/** Why a model has not what is missing, where it says so, as in `networkMissing`. */
function reasonsOf({ capabilities, outputs }: Model, missing: readonly string[]): string {
  const said = missing.map((need) => (capabilities as Readonly<Record<string, unknown>>)[`${need}Missing`]).filter((reason) => typeof reason === 'string')
  const reasons = outputs === 'probabilities' ? [...said, 'its outputs are probabilities, not logits'] : said
  return reasons.length > 0 ? ` (${reasons.join('; ')})` : ''
}

/** Which methods a model can be explained by: those of the config, else others of the loaded plugins, else where there are some. */
function whatWorks(attributers: CheckedConfig['resolved']['attributers'], model: Model, host: Host): string {
  // Whatever a method needs of a model, it explains logits.
  if (model.outputs === 'probabilities') return 'methods explain logits: end the model with softmax, which is separated, or linear'
  const works = (needs: readonly string[]): boolean => needs.every((need) => need in model.capabilities)
  const named = (names: readonly string[]): string => `${names.map((name) => `"${name}"`).join(', ')} would work`
  const labels = Object.entries(attributers).flatMap(([label, tree]) => (works(host.needs(tree)) ? [label] : []))
  if (labels.length > 0) return named(labels)
  const loaded = host.registry.names('attributer').filter((name) => {
    const tree = host.resolver().resolve('attributer', name, [])
    return tree !== undefined && works(host.needs(tree))
  })
  return loaded.length > 0 ? named(loaded) : 'methods that ask for outputs alone would work, such as those of @touchstone/perturbation'
}
