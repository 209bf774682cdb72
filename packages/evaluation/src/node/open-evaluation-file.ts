import { availableParallelism } from 'node:os'
import type { Plugin } from '@touchstone/core'
import { openEvaluation, type EvaluateOptions, type OpenEvaluation } from '../open-evaluation.js'
import type { EvaluationConfig } from '../config.js'
import { loadConfig } from './load-config.js'
import { discoverPlugins } from './discover-plugins.js'
import { loadPlugin, loadPlugins } from './load-plugins.js'
import { createSharedFiles } from './shared-files.js'
import { createSideThreads } from './threads/side-threads.js'

type FileOptions = Omit<EvaluateOptions, 'origin' | 'baseFolder' | 'host' | 'loaded' | 'files' | 'side'> & {
  /** What stands where the config says nothing. */
  readonly defaults?: Pick<EvaluationConfig, 'executor' | 'store'>
  /** What stands whatever the config says. */
  readonly overrides?: Pick<EvaluationConfig, 'executor' | 'store' | 'backend'>
}

/** Loads a config file with its plugins and plans its evaluation. @throws as `loadConfig`, `loadPlugins` and `openEvaluation` do. */
export async function openEvaluationFile(path: string, { defaults, overrides, ...options }: FileOptions = {}): Promise<OpenEvaluation> {
  const { folder, config } = await loadConfig(path)
  const pluginFolders = [folder, process.cwd()]
  const named = overrides?.backend === undefined ? config.plugins : [...config.plugins, ...(await pluginsOfBackend(overrides.backend, config.plugins, pluginFolders))]
  const plugins = await loadPlugins(named, pluginFolders, path)
  const host = { runtime: `node ${process.versions.node}`, platform: `${process.platform}-${process.arch}`, cores: availableParallelism() }
  // The first is what every evaluation has; the others stand in the order of the config.
  const packages = Object.fromEntries(named.flatMap((entry, index) => (typeof entry === 'string' ? [[plugins[index + 1]!.name, entry]] : [])))
  // Jobs that run here have all cores; those of threads get their share there.
  const side = host.cores > 1 ? createSideThreads(host.cores) : undefined
  const opened = await openEvaluation({ ...defaults, ...config, ...overrides, plugins }, { ...options, ...(side && { side }), files: createSharedFiles(), origin: path, baseFolder: folder, host, loaded: { plugins: packages, folders: pluginFolders } })
  const close = async (): Promise<void> => {
    await opened[Symbol.asyncDispose]()
    await side?.[Symbol.asyncDispose]()
  }
  return { ...opened, [Symbol.asyncDispose]: close }
}

/** The installed plugin that offers a backend, where the config does not name it already. */
async function pluginsOfBackend(backend: EvaluationConfig['backend'], listed: EvaluationConfig['plugins'], folders: readonly string[]): Promise<readonly string[]> {
  const offers = ({ extensions }: Plugin): boolean => extensions.some(({ kind, name }) => kind === 'backend' && name === backend)
  const installed = typeof backend === 'string' ? (await Promise.all(folders.map(discoverPlugins))).flat() : []
  for (const name of new Set(installed)) {
    if (!listed.includes(name) && offers(await loadPlugin(name, folders))) return [name]
  }
  return []
}
