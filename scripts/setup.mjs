// Makes a fresh clone ready: pnpm into .tools, the packages, the build. Safe to repeat, and quick when nothing has changed.
// It runs before anything is installed, so it uses nothing but Node and npm.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tools = join(root, '.tools')
const toolsBin = process.platform === 'win32' ? tools : join(tools, 'bin')
const pnpmVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('@')[1]
const started = performance.now()

checkNode()
stage('pnpm', installPnpm)
stage('packages', installPackages)
stage('build', build)

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return
  fail(`Touchstone needs Node 20.19 or newer (22.12 or newer from 22 on); this is ${process.versions.node}.`)
}

/** pnpm comes from the registry like any package: corepack would ask for signatures that a mirror may not serve. */
function installPnpm() {
  const installed = join(tools, process.platform === 'win32' ? '' : 'lib', 'node_modules', 'pnpm', 'package.json')
  if (existsSync(installed) && JSON.parse(readFileSync(installed, 'utf8')).version === pnpmVersion) return 'there'
  run('npm', ['install', '--global', '--prefix', tools, '--no-fund', '--no-audit', '--loglevel=error', `pnpm@${pnpmVersion}`])
  return 'installed'
}

/** Skipped while the lockfile and every package.json are the ones last installed. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.touchstone-setup')
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests()]) hash.update(file).update(readFileSync(join(root, file)))
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 'there'
  run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn'])
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stamp, wanted)
  return 'installed'
}

function build() {
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'lib', 'tsc.js'), '-b'])
  return 'up to date'
}

function manifests() {
  return ['packages', 'plugins', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, 'package.json')))
      .map((entry) => `${folder}/${entry.name}/package.json`)
      .sort(),
  )
}

function stage(name, work) {
  const from = performance.now()
  const outcome = work()
  const seconds = (performance.now() - from) / 1000
  if (seconds > 2 || process.env.CI) console.log(`setup: ${name} ${outcome}, ${seconds.toFixed(1)} s`)
  if (name === 'build' && performance.now() - started > 10_000) console.log(`setup: done in ${((performance.now() - started) / 1000).toFixed(0)} s`)
}

function run(command, args) {
  const env = { ...process.env, PATH: `${toolsBin}${delimiter}${process.env.PATH ?? ''}`, TURBO_TELEMETRY_DISABLED: '1' }
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' && command !== process.execPath })
  if (error) fail(`could not start ${command}: ${error.message}`)
  if (status !== 0) fail(`"${[command, ...args].join(' ')}" ended with exit code ${status}.`)
}

function fail(message) {
  console.error(`setup: ${message}`)
  process.exit(1)
}
