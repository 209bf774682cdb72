import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { messageOf, UserError } from '@touchstone/core'

/** The keyword in package.json by which plugins are found. */
export const pluginKeyword = 'touchstone-plugin'

/** The dependencies of the nearest package.json, from `folder` upwards, that say by their keyword that they are plugins. */
export async function discoverPlugins(folder: string): Promise<readonly string[]> {
  const file = nearest(folder)
  if (file === undefined) return []
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = await readManifest(file)
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).sort()
  const plugins: string[] = []
  for (const name of names) {
    const manifest = findManifest(name, dirname(file))
    if (manifest !== undefined && (await readManifest(manifest)).keywords?.includes(pluginKeyword)) plugins.push(name)
  }
  return plugins
}

interface Manifest {
  readonly keywords?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function nearest(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json')
    if (existsSync(file)) return file
    if (at === dirname(at)) return undefined
  }
}

/** A package need not export its package.json, so it is looked for where packages lie. */
function findManifest(name: string, folder: string): string | undefined {
  const places = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []
  return places.map((place) => join(place, name, 'package.json')).find((file) => existsSync(file))
}

async function readManifest(file: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Manifest
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`)
  }
}
