import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
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

const known = new Map<string, readonly string[]>()

/**
 * The code behind a file: its package and all that it depends on, each by name and version. A package outside of `node_modules`, as in a checkout, where
 * the version stays while the code changes, is taken by its built files. Reads hundreds of small files, which takes half as long one after the other as it would asynchronously.
 */
export function packageCode(file: string): PackageCode {
  const root = packageRoot(dirname(file))
  if (root === undefined) return { build: createHash('sha256').update(readFileSync(file)).digest('hex') }
  const { version } = readPackageJson(root)
  const closure = new Map<string, string>()
  const add = (at: string): void => {
    if (closure.has(at)) return
    const [own, ...dependencies] = describePackage(at)
    closure.set(at, own!)
    for (const dependency of dependencies) add(dependency)
  }
  add(root)
  const build = createHash('sha256').update([...new Set(closure.values())].sort().join('\n')).digest('hex')
  return { ...(version !== undefined && { version }), build }
}

/** What a package is, followed by the folders of those that it depends on. */
function describePackage(root: string): readonly string[] {
  const before = known.get(root)
  if (before) return before
  const { name, version, dependencies, peerDependencies } = readPackageJson(root)
  const isInstalled = root.includes(`${sep}node_modules${sep}`)
  const own = `${name}@${version}${isInstalled ? '' : `+${hashFiles(existsSync(join(root, 'dist')) ? join(root, 'dist') : root)}`}`
  const places = Object.keys({ ...dependencies, ...peerDependencies }).map((dependency) => findPackage(dependency, root))
  const described = [own, ...places.filter((place) => place !== undefined).map((place) => realpathSync.native(place))]
  known.set(root, described)
  return described
}

/** The folder of an installed package, where Node looks for it; undefined for an optional one that is not. */
function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
    if (folder === dirname(folder)) return undefined
  }
}

function packageRoot(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && readPackageJson(folder).name !== undefined) return realpathSync.native(folder)
    if (folder === dirname(folder)) return undefined
  }
}

function hashFiles(folder: string): string {
  const sum = createHash('sha256')
  const visit = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.') || idle.test(entry.name)) continue
      const path = join(at, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.isFile()) sum.update(`${path.slice(folder.length)}\0`).update(readFileSync(path))
    }
  }
  visit(folder)
  return sum.digest('hex')
}

function readPackageJson(folder: string): PackageJson {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
}
