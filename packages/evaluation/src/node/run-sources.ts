import type { EvaluationConfig } from '../config.js'
import { encode } from '../store/codec.js'
import { sumOf, sumsOfFiles } from './file-sums.js'
import { pluginCode } from './find-plugin.js'
import { loadConfig } from './load-config.js'

/** What the results of a run follow from: pure data, which can be found again without opening the evaluation. */
export interface RunSources {
  /** A hash of the config with the settings around it, and of the folder where its paths start. */
  readonly config: string
  /** Node and the kind of machine. */
  readonly runtime: string
  /** The code behind each plugin, by its name in the config. */
  readonly code: Readonly<Record<string, string>>
  /** Hashes of the files behind models and data, by path. */
  readonly files: Readonly<Record<string, string>>
}

/** What stands around a config. */
export interface ConfigSettings {
  /** What stands where it says nothing. */
  readonly defaults?: Pick<EvaluationConfig, 'executor' | 'store'>
  /** What stands whatever it says. */
  readonly overrides?: Pick<EvaluationConfig, 'executor' | 'store' | 'backend'>
}

/** @returns undefined for a config that holds more than plain data, such as a plugin itself. */
export function configSum(config: EvaluationConfig, folder: string, { defaults = {}, overrides = {} }: ConfigSettings): string | undefined {
  try {
    return sumOf(encode({ config, folder, defaults, overrides }))
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

export const runtime = `node ${process.versions.node} on ${process.platform}-${process.arch}`

/** Whether a run of a config would now follow from the same. @throws as `loadConfig` does. */
export async function sourcesHold(sources: RunSources, path: string, settings: ConfigSettings): Promise<boolean> {
  const { config, folder } = await loadConfig(path)
  if (sources.runtime !== runtime || sources.config !== configSum(config, folder, settings)) return false
  const folders = [folder, process.cwd()]
  if (Object.entries(sources.code).some(([name, code]) => pluginCode(name, folders) !== code)) return false
  const now = await sumsOfFiles(Object.keys(sources.files))
  return Object.entries(sources.files).every(([file, sum]) => now[file] === sum)
}
