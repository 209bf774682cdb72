import { availableParallelism } from 'node:os'
import { evaluate, type EvaluateOptions, type Evaluation } from '../evaluate.js'
import { loadConfig } from './load-config.js'
import { loadPlugins } from './load-plugins.js'

/** Loads a config file with its plugins and evaluates it. @throws as `loadConfig`, `loadPlugins` and `evaluate` do. */
export async function evaluateFile(path: string, options: Omit<EvaluateOptions, 'origin' | 'baseFolder' | 'host'> = {}): Promise<Evaluation> {
  const { folder, config } = await loadConfig(path)
  const plugins = await loadPlugins(config.plugins, [folder, process.cwd()], path)
  const host = { runtime: `node ${process.versions.node}`, platform: `${process.platform}-${process.arch}`, cores: availableParallelism() }
  return evaluate({ ...config, plugins }, { ...options, origin: path, baseFolder: folder, host })
}
