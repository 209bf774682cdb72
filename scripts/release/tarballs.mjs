// Packs every package and looks at what would be published: publint, and attw for its types.
import { mkdirSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { packages, run, sideBySide } from './tools.mjs'

export async function tarballs({ tarballs: folder }) {
  mkdirSync(folder)
  await sideBySide(packages, availableParallelism(), async ({ path, manifest }) => {
    await run('pnpm', ['pack', '--pack-destination', folder], { cwd: path })
    const tarball = join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`)
    await run('publint', ['run', tarball, '--strict'])
    await run('attw', [tarball, '--profile', 'esm-only', '--no-emoji'])
  })
  return `${readdirSync(folder).length} packed; publint and attw have nothing to say`
}
