import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly keywords: readonly string[]
  readonly engines: unknown
  readonly repository: { readonly url: string }
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly bin?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..')
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
const workspace = manifestOf('.')
const published = ['packages', 'plugins'].flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`)).map((folder) => [folder, manifestOf(folder)] as const)

test.each(published)('the package.json of %s is whole', (folder, manifest) => {
  expect(manifest).toMatchObject({
    name: `@touchstone/${folder.split('/')[1]!}`,
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    description: expect.stringMatching(/^.{20,140}[^.]$/) as string,
    license: 'Apache-2.0',
    type: 'module',
    engines: workspace.engines,
    // Without it npm could not show where a package was built, nor resolve the links of its README.
    repository: { ...workspace.repository, directory: folder },
    publishConfig: { access: 'public' },
  })
  expect(manifest.private).toBeUndefined()
  expect(manifest.keywords).toContain('touchstone')
  // `touchstone list` finds plugins by it.
  expect(manifest.keywords.includes('touchstone-plugin')).toBe(folder.startsWith('plugins/'))
  // The sources are what the maps in dist point at.
  expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'src', '!dist/**/*.test.*', '!src/**/*.test.*', '!dist/.tsbuildinfo']))
  expect(existsSync(join(root, folder, 'README.md'))).toBe(true)
})

test.each(published)('%s exports what is there, types first', (folder, { exports, bin = {} }) => {
  expect(exports['./package.json']).toBe('./package.json')
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue
    expect(Object.keys(target), entry).toEqual(['types', 'default'])
    for (const file of Object.values(target)) expect(existsSync(join(root, folder, file)), file).toBe(true)
  }
  for (const file of Object.values(bin)) expect(existsSync(join(root, folder, file)), file).toBe(true)
})

test.each(published)('%s has other packages of Touchstone as peers of any later minor', (_folder, { peerDependencies = {} }) => {
  for (const [name, range] of Object.entries(peerDependencies)) if (name.startsWith('@touchstone/')) expect(range, name).toBe('workspace:^')
})
