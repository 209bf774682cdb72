import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, UserError } from '@touchstone/core'
import type { EvaluationConfig } from '../config.js'

/** A config file and what it exports, not yet checked. */
export interface LoadedConfig {
  /** Absolute. */
  readonly file: string
  /** Where its plugins are looked up and its relative paths start. */
  readonly folder: string
  readonly config: EvaluationConfig
}

const extensions = ['.ts', '.mts', '.js', '.mjs', '.json']

/**
 * Reads `touchstone.config.ts`, `.js` or `.json`. Code configs export the config as default.
 * @throws UserError where there is no such file, it does not run or parse, or exports no config.
 */
export async function loadConfig(path: string): Promise<LoadedConfig> {
  const file = resolve(path)
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new UserError(`cannot find the config ${path}: name an existing file, or make one with "touchstone init"`)
  if (!found.isFile()) throw new UserError(`${path} is a folder, expected a config file such as ${path}/touchstone.config.ts`)
  const extension = extname(file)
  if (!extensions.includes(extension)) throw new UserError(`${path}: expected a config that ends with ${extensions.join(', ')}`)
  const exported = extension === '.json' ? parseJson(await readFile(file, 'utf8'), path) : await runCode(file, path)
  if (typeof exported !== 'object' || exported === null || (extension !== '.json' && isEmptyModule(exported))) throw new UserError(`${path}: expected ${extension === '.json' ? 'an object' : 'a default export made by defineEvaluation({ ... })'}`)
  return { file, folder: dirname(file), config: exported as EvaluationConfig }
}

function parseJson(text: string, path: string): unknown {
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new UserError(`${path}: is not JSON: ${messageOf(error)}`)
  }
}

/** Where there is no default export, jiti gives the module. */
function isEmptyModule(exported: object): boolean {
  return !('default' in exported) && !('plugins' in exported)
}

async function runCode(file: string, path: string): Promise<unknown> {
  try {
    const { createJiti } = await import('jiti')
    // jiti gives a config the same instances of packages as everybody else, and reads TypeScript on any Node.
    // A config may lie outside of any package, so `defineEvaluation` is always found.
    const alias = { '@touchstone/evaluation': fileURLToPath(new URL('../index.js', import.meta.url)) }
    const load = (fsCache: string | false): Promise<unknown> => createJiti(import.meta.url, { fsCache, alias }).import(file, { default: true })
    return await load(keptBeside(file)).catch((error: unknown) => {
      // A full disk is no reason not to read the config.
      if (['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException | undefined)?.code))) return load(false)
      throw error
    })
  } catch (error) {
    throw new UserError(`${path}: fails when it is loaded: ${messageOf(error).split('\n')[0]}`, { cause: error })
  }
}

/**
 * Where the JavaScript that a config in TypeScript becomes is kept, with a hash of its source: where build tools keep such things. Loading what translates it takes a quarter of a second.
 * `false` where no packages are installed at the config.
 */
function keptBeside(file: string): string | false {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules')
    if (existsSync(packages)) return join(packages, '.cache', 'touchstone')
    if (folder === dirname(folder)) return false
  }
}
