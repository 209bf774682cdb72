import { availableParallelism } from 'node:os'
import type { Plugin } from '@touchstone/core'
import { openEvaluation, type EvaluateOptions, type OpenEvaluation } from '../open-evaluation.js'
import type { EvaluationConfig } from '../config.js'
import { loadConfig } from './load-config.js'
import { discoverPlugins } from './discover-plugins.js'
import { loadPlugin, loadPlugins } from './load-plugins.js'
import { configSum, runtime, type ConfigSettings, type RunSources } from './run-sources.js'
import { sumOf } from './file-sums.js'
import { createSharedFiles } from './shared-files.js'
import { createSideThreads } from './threads/side-threads.js'

type FileOptions = Omit<EvaluateOptions, 'origin' | 'baseFolder' | 'host' | 'loaded' | 'files' | 'side'> & ConfigSettings

/** An evaluation of a config file. */
export interface OpenEvaluationFile extends OpenEvaluation {
  /** What its results follow from; undefined where that cannot be told, as `files` says. */
  readonly sources: () => RunSources | undefined
}

/** Loads a config file with its plugins and plans its evaluation. @throws as `loadConfig`, `loadPlugins` and `openEvaluation` do. */
export async function openEvaluationFile(path: string, { defaults, overrides, ...options }: FileOptions = {}): Promise<OpenEvaluationFile> {
  const { folder, config } = await loadConfig(path)
  const pluginFolders = [folder, process.cwd()]
  const named = overrides?.backend === undefined ? config.plugins : [...config.plugins, ...(await pluginsOfBackend(overrides.backend, config.plugins, pluginFolders))]
  const plugins = await loadPlugins(named, pluginFolders, path)
  const host = { runtime: `node ${process.versions.node}`, platform: `${process.platform}-${process.arch}`, cores: availableParallelism() }
  // The first is what every evaluation has; the others stand in the order of the config.
  const packages = Object.fromEntries(named.flatMap((entry, index) => (typeof entry === 'string' ? [[plugins[index + 1]!.name, entry]] : [])))
  // Jobs that run here have all cores; those of threads get their share there.
  const side = host.cores > 1 ? createSideThreads(host.cores) : undefined
  const files = createSharedFiles()
  const opened = await openEvaluation({ ...defaults, ...config, ...overrides, plugins }, { ...options, ...(side && { side }), files, origin: path, baseFolder: folder, host, loaded: { plugins: packages, folders: pluginFolders } })
  const close = async (): Promise<void> => {
    await opened[Symbol.asyncDispose]()
    await side?.[Symbol.asyncDispose]()
  }
  const sources = (): RunSources | undefined => {
    const sum = configSum(config, folder, { ...(defaults && { defaults }), ...(overrides && { overrides }) })
    // Of what was read, which may have changed since.
    const read = files.shared()
    if (sum === undefined || !opened.files?.every((path) => read.has(path))) return undefined
    const code = Object.fromEntries(named.flatMap((entry, index) => (typeof entry === 'string' ? [[entry, plugins[index + 1]!.build ?? '']] : [])))
    return { config: sum, runtime, code, files: Object.fromEntries(opened.files.map((path) => [path, sumOf(new Uint8Array(read.get(path)!))])) }
  }
  return { ...opened, sources, [Symbol.asyncDispose]: close }
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
