import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadPlugins } from './load-plugins.js'

test('packages for another plugin API are all named before anything runs, with what to install', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-plugins-'))
  try {
    for (const [name, api] of [['ahead', 2], ['behind', 0], ['fits', 1]] as const) {
      const home = join(folder, 'node_modules', name)
      await mkdir(home, { recursive: true })
      await writeFile(join(home, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' }))
      await writeFile(join(home, 'index.js'), `export default { api: ${api}, name: '${name}', extensions: [], presets: [], services: [] }`)
    }
    const error: unknown = await loadPlugins(['ahead', 'fits', 'behind'], [folder], 'config.json').catch((thrown: unknown) => thrown)
    expect((error as Error).message.split('\n')).toEqual([
      'config.json: 2 problems',
      '  plugins[0]: "ahead" is no plugin: it is made for plugin API 2, this is API 1: install newer @touchstone packages, or an older version of it [@touchstone/evaluation]',
      '  plugins[2]: "behind" is no plugin: it is made for plugin API 0, this is API 1: install a newer version of it [@touchstone/evaluation]',
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
