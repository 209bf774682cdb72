import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'

/** What a package says of itself, as far as it matters here. */
interface PackageJson {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The version of a package, and a hash of all code that it runs. */
export interface PackageCode {
  readonly version?: string
  readonly build: string
}

/** Built files that do not run. */
const idle = /\.(map|d\.[cm]?ts|tsbuildinfo)$|\.test\./

const known = new Map<string, Promise<readonly string[]>>()

/**
 * The code behind a file: its package and all that it depends on, each by name and version. A package outside of `node_modules`, as in a checkout, where
 * the version stays while the code changes, is taken by its built files.
 */
export async function packageCode(file: string): Promise<PackageCode> {
  const root = await packageRoot(dirname(file))
  if (root === undefined) return { build: createHash('sha256').update(await readFile(file)).digest('hex') }
  const { version } = await readPackageJson(root)
  const closure = new Map<string, string>()
  const add = async (at: string): Promise<void> => {
    if (closure.has(at)) return
    closure.set(at, '')
    const [own, ...dependencies] = await describePackage(at)
    closure.set(at, own!)
    for (const dependency of dependencies) await add(dependency)
  }
  await add(root)
  const build = createHash('sha256').update([...new Set(closure.values())].sort().join('\n')).digest('hex')
  return { ...(version !== undefined && { version }), build }
}

/** What a package is, followed by the folders of those that it depends on. */
function describePackage(root: string): Promise<readonly string[]> {
  const described = known.get(root) ?? (async () => {
    const { name, version, dependencies, peerDependencies } = await readPackageJson(root)
    const isInstalled = root.includes(`${sep}node_modules${sep}`)
    const own = `${name}@${version}${isInstalled ? '' : `+${await hashFiles(existsSync(join(root, 'dist')) ? join(root, 'dist') : root)}`}`
    const places = Object.keys({ ...dependencies, ...peerDependencies }).map((dependency) => findPackage(dependency, root))
    return [own, ...(await Promise.all(places.filter((place) => place !== undefined).map((place) => realpath(place))))]
  })()
  known.set(root, described)
  return described
}

/** The folder of an installed package; undefined for an optional one that is not. */
function findPackage(name: string, from: string): string | undefined {
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  return places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, 'package.json')))
}

async function packageRoot(from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && (await readPackageJson(folder)).name !== undefined) return realpath(folder)
    if (folder === dirname(folder)) return undefined
  }
}

async function hashFiles(folder: string): Promise<string> {
  const sum = createHash('sha256')
  const visit = async (at: string): Promise<void> => {
    for (const entry of (await readdir(at, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.') || idle.test(entry.name)) continue
      const path = join(at, entry.name)
      if (entry.isDirectory()) await visit(path)
      else if (entry.isFile()) sum.update(`${path.slice(folder.length)}\0`).update(await readFile(path))
    }
  }
  await visit(folder)
  return sum.digest('hex')
}

async function readPackageJson(folder: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson
}
