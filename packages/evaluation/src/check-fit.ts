import { ConfigError, isReference, isUserError, type Dataset, type FitsModels, type Host, type Model, type Problem, type ResolvedExtension, type Scope } from '@touchstone/core'
import type { CheckedConfig } from './check-config.js'

/**
 * Asks every method and metric of a config, and what stands in their options, whether it fits the models and the data.
 * @throws ConfigError with everything that does not.
 */
export async function checkFit({ resolved }: CheckedConfig, models: ReadonlyMap<string, Model>, dataset: Dataset, host: Host, scope: Scope, origin: string): Promise<void> {
  const problems: Problem[] = []
  const ask = async (tree: ResolvedExtension, path: readonly PropertyKey[], label: string, model: Model): Promise<void> => {
    // Equal trees are one instance, made before.
    const { fits } = (await scope.create(tree)) as FitsModels
    try {
      await fits?.(model, dataset)
    } catch (error) {
      if (!isUserError(error)) throw new Error(`${tree.package} could not say whether ${tree.kind} "${tree.use}" fits model "${label}"`, { cause: error })
      problems.push({ path, message: `does not fit model "${label}": ${error.message}`, source: tree.package })
    }
    for (const [name, field] of Object.entries(host.registry.extension(tree.kind, tree.use)?.value.options ?? {}))
      if (isReference(field)) await ask(tree.options[name] as ResolvedExtension, [...path, 'options', name], label, model)
  }
  for (const [key, trees] of [['attributers', resolved.attributers], ['metrics', resolved.metrics]] as const)
    for (const [label, tree] of Object.entries(trees)) for (const [name, model] of models) await ask(tree, [key, label], name, model)
  if (problems.length > 0) throw new ConfigError(origin, problems)
}
