// Plugins of others: that of docs/write-a-plugin.md, that of examples/third-party-plugin, and a new one from `npm create`, each as its author has it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root, run, Unfit } from './tools.mjs'

export async function thirdParties({ work, registry, project }) {
  const env = { ...registry, npm_config_fund: 'false', npm_config_audit: 'false', npm_config_yes: 'true' }
  const npm = (cwd, ...args) => run('npm', args, { cwd, env })

  const written = join(work, 'touchstone-plugin-occlusion')
  const page = readFileSync(join(root, 'docs', 'write-a-plugin.md'), 'utf8')
  const block = (language) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)[1]
  mkdirSync(written)
  writeFileSync(join(written, 'package.json'), block('json'))
  writeFileSync(join(written, 'index.js'), block('js'))

  const rise = join(work, 'third-party-plugin')
  cpSync(join(root, 'examples', 'third-party-plugin'), rise, { recursive: true, filter: (from) => !['node_modules', 'dist'].includes(basename(from)) })
  await npm(rise, 'install')
  await npm(rise, 'test')
  await npm(rise, 'pack')

  // A new one can be built at once, and its tests say what is missing.
  await npm(work, 'create', '@touchstone/plugin', 'edge-weight', '--', '--kind', 'attributer')
  const created = join(work, 'edge-weight')
  await npm(created, 'install')
  await npm(created, 'run', 'build')
  const { all } = await run('npm', ['test'], { cwd: created, env, fails: true })
  if (!all.includes('write the formula')) throw new Unfit(`the tests of a new plugin do not ask for its formula:\n${all}`)

  await npm(project, 'install', '--install-links', written, join(rise, 'touchstone-plugin-rise-0.1.0.tgz'))
  const touchstone = (...args) => run('npx', ['touchstone', ...args], { cwd: project, env })
  const listed = JSON.parse((await touchstone('list', '--json')).out)
  for (const [extension, plugin] of [['leave-one-out', 'touchstone-plugin-occlusion'], ['rise', 'touchstone-plugin-rise']])
    if (!listed.extensions.some(({ name, package: from }) => name === extension && from === plugin)) throw new Unfit(`touchstone list does not show ${plugin}`)
  const config = readFileSync(join(project, 'touchstone.config.ts'), 'utf8')
    .replace('plugins: [', "plugins: [\n    'touchstone-plugin-occlusion',\n    'touchstone-plugin-rise',")
    .replace("saliency: 'saliency',", "saliency: 'saliency',\n    occlusion: 'leave-one-out',\n    rise: { use: 'rise', options: { masks: 50 } },")
    .replace('take: 32', 'take: 1')
  writeFileSync(join(project, 'third-parties.config.ts'), config)
  await touchstone('run', 'third-parties.config.ts', '--out', 'third-parties')
  const { rows } = JSON.parse(readFileSync(join(project, 'third-parties', 'results.json'), 'utf8'))
  for (const label of ['occlusion', 'rise']) if (!rows.some(({ attributer, value }) => attributer === label && value !== null)) throw new Unfit(`${label}, of a third party plugin, has no score in results.json`)

  const tsc = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js')
  await run(process.execPath, [tsc, '--ignoreConfig', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--strict', '--skipLibCheck', 'third-parties.config.ts'], { cwd: project })
  return 'plugins of others are tested, packed, installed, listed and evaluated; a new one from npm create says what is missing'
}
