import { fileURLToPath } from 'node:url'
import { ConfigError, describe, isUserError, messageOf, pluginFault, type Plugin, type Problem } from '@touchstone/core'
import { findPlugin } from './find-plugin.js'
import { packageCode } from './package-code.js'
import { nodePlugin } from './plugin.js'

/**
 * Loads plugins by package name, and tells each its version and the code behind it. Names are looked up from each folder in turn: first the
 * config's, then the current one.
 *
 * @throws ConfigError with all that cannot be loaded.
 */
export async function loadPlugins(entries: unknown, folders: readonly string[], origin: string): Promise<readonly Plugin[]> {
  const problems: Problem[] = []
  const problem = (path: readonly PropertyKey[], message: string): void => void problems.push({ path, message, source: '@touchstone/evaluation' })
  if (!Array.isArray(entries)) {
    problem(['plugins'], `expected a list of packages or plugins, found ${describe(entries)}`)
    throw new ConfigError(origin, problems)
  }
  const loaded: Plugin[] = [{ ...nodePlugin, ...packageCode(fileURLToPath(import.meta.url)) }]
  // All at once: while one is read from the disk another is compiled.
  const loading = (entries as unknown[]).map((entry) => (typeof entry === 'string' ? loadPlugin(entry, folders) : undefined))
  for (const plugin of loading) plugin?.catch(() => undefined)
  for (const [index, entry] of (entries as unknown[]).entries()) {
    if (typeof entry !== 'string') {
      const fault = pluginFault(entry)
      if (fault === undefined) loaded.push(entry as Plugin)
      else problem(['plugins', index], `expected the name of a package or a plugin, but ${fault}`)
      continue
    }
    try {
      loaded.push((await loading[index])!)
    } catch (error) {
      if (!isUserError(error) && !(error instanceof PluginError)) throw error
      problem(['plugins', index], messageOf(error))
    }
  }
  const names = loaded.map(({ name }) => name)
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) problem(['plugins'], `"${name}" is listed more than once`)
  if (problems.length > 0) throw new ConfigError(origin, problems)
  return loaded
}

/** @throws PluginError saying what is wrong with the package. */
export async function loadPlugin(name: string, folders: readonly string[]): Promise<Plugin> {
  const url = findPlugin(name, folders)
  if (url === undefined) throw new PluginError(`cannot find "${name}" from ${folders[0] ?? '.'}: install it (npm i ${name}) or mend the name`)
  let module: { readonly default?: unknown }
  try {
    module = (await import(url)) as { readonly default?: unknown }
  } catch (error) {
    throw new PluginError(`"${name}" fails when it is loaded: ${messageOf(error)}`, { cause: error })
  }
  const fault = pluginFault(module.default)
  if (fault !== undefined) throw new PluginError(`"${name}" is no plugin: ${fault}`)
  return { ...(module.default as Plugin), ...packageCode(fileURLToPath(url)) }
}

/** A package that is no plugin, or does not load. */
export class PluginError extends Error {
  override readonly name = 'PluginError'
}
