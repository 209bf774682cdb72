import { messageOf, type Plugin } from '@touchstone/core'
import { discoverPlugins } from './discover-plugins.js'
import { loadPlugin, loadPlugins } from './load-plugins.js'

/** The plugins among the dependencies of the nearest package.json. One that does not load is told to `warn` and left out: the others still work. */
export async function installedPlugins(folder: string, warn: (message: string) => void): Promise<readonly Plugin[]> {
  const plugins: Plugin[] = []
  for (const name of await discoverPlugins(folder)) {
    try {
      plugins.push(await loadPlugin(name, [folder]))
    } catch (error) {
      warn(`plugin left out: ${messageOf(error)}`)
    }
  }
  return loadPlugins(plugins, [folder], 'package.json')
}
