import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { resolve as importMetaResolve } from 'import-meta-resolve'
import { packageCode } from './package-code.js'

/** Where a plugin lies, looked up by its name from each folder in turn; undefined where none has it. */
export function findPlugin(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => resolveFrom(name, folder)).find((found) => found !== undefined)
}

/** The code behind a plugin, without loading it; undefined where there is no such package. */
export function pluginCode(name: string, folders: readonly string[]): string | undefined {
  const url = findPlugin(name, folders)
  return url === undefined ? undefined : packageCode(fileURLToPath(url)).build
}

function resolveFrom(name: string, folder: string): string | undefined {
  try {
    const url = importMetaResolve(name, pathToFileURL(join(folder, 'touchstone.config.js')).href)
    return existsSync(fileURLToPath(url)) ? url : undefined
  } catch {
    return undefined
  }
}
