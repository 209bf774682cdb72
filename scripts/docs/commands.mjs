// The commands in a block of shell lines: what they name must exist, and those that change nothing are run.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createProgram } from '../../packages/cli/dist/program.js'
import { installedPlugins } from '@touchstone/evaluation/node'
import { kinds } from '../../packages/create-plugin/dist/index.js'
import { root } from './pages.mjs'

/** Lines as lists of words: without comments, joined where they go on, cut at `&&`. */
export function commandsOf(text) {
  return text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => line.split(' && '))
    .map((line) => words(line.trim()))
    .filter((line) => line.length > 0)
}

function words(line) {
  const found = [...line.matchAll(/'([^']*)'|"([^"]*)"|((?:\$\(\([^)]*\)\)|[^\s'"])+)/g)].map(([, single, double, plain]) => single ?? double ?? plain)
  const comment = found.findIndex((word, index) => word.startsWith('#') && (index === 0 || line.includes(` ${word}`)))
  return (comment < 0 ? found : found.slice(0, comment)).map((word) => word.replace(/\$\(\([^)]*\)\)|\$\w+/g, '1'))
}

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
const workspace = ['packages', 'plugins'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => read(`${folder}/${name}/package.json`).name))
/** The suites of `npm run bench`. */
export const benches = /const suites = \{([^}]*)\}/.exec(readFileSync(join(root, 'scripts/bench.mjs'), 'utf8'))[1].split(',').map((suite) => suite.split(':')[0].trim().replace(/'/g, ''))
const silent = new AbortController().signal

/** What is wrong with a command: names of scripts, packages, subcommands and flags. */
export async function problemsOf(command, block, exists) {
  const [tool, name, ...rest] = command
  const wrong = (message) => [`${command.join(' ')}: ${message}`]
  if (tool === 'npm' && ['i', 'install'].includes(name)) return packagesOf(rest).flatMap(wrongPackage)
  if (tool === 'npm' && ['init', 'test', 'pack', 'create'].includes(name)) return name === 'create' && rest.includes('--kind') && !(rest.at(-1) in kinds) ? wrong(`kinds are ${Object.keys(kinds).join(', ')}`) : []
  if (tool === 'npm' && name === 'run') {
    const folders = ['package.json', join(dirname(block.page), 'package.json')].filter((path) => exists(join(root, path)))
    if (!folders.some((path) => rest[0] in (read(path).scripts ?? {}))) return wrong('there is no such script')
    return rest[0] === 'bench' ? rest.slice(2).filter((suite) => !suite.startsWith('-') && !benches.includes(suite)).flatMap((suite) => wrong(`no benchmark named ${suite}`)) : []
  }
  if (tool === 'npx' && name === 'touchstone') return touchstoneProblems(rest).then((said) => said.flatMap(wrong))
  if (tool === 'npx') return exists(join(root, 'node_modules/.bin', name)) ? [] : wrong('there is no such command')
  if (tool === 'node') return exists(join(root, name)) ? [] : wrong('there is no such file')
  if (['export', 'cd', 'mkdir', 'cp'].includes(tool) || block.notRun !== undefined) return []
  return wrong('this is no command that the test knows: mark the block with <!-- not run: WHY -->')
}

const packagesOf = (args) => args.filter((word) => !word.startsWith('-'))

function wrongPackage(word) {
  const [, name, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(word)
  if (name.startsWith('@touchstone/')) return workspace.includes(name) ? [] : [`${word}: there is no such package here`]
  const known = version === undefined ? new RegExp(`^  '?${name}@`, 'm') : new RegExp(`^  '?${name}@${version.replaceAll('.', '\\.')}'?:`, 'm')
  return known.test(lock) || word === '@tensorflow/tfjs-node-gpu@4.22.0' ? [] : [`${word}: not what the lockfile holds`]
}

/** Parsed by the command itself, with its work left out; a command of a plugin by the usage that it declares. */
async function touchstoneProblems(args) {
  const program = await createProgram(args, silent)
  const command = program.commands.find((one) => one.name() === args[0])
  if (!command) return [`there is no subcommand ${args[0] ?? ''}`]
  const plugins = await installedPlugins(root, () => undefined)
  const ofPlugin = plugins.flatMap(({ extensions }) => extensions).find((one) => one.kind === 'command' && one.name === args[0])
  if (ofPlugin) return args.filter((word) => word.startsWith('--') && !ofPlugin.traits.usage.includes(word)).map((word) => `there is no option ${word}`)
  for (const one of [command, ...command.commands]) one.action(() => undefined).exitOverride().configureOutput({ writeErr: () => undefined })
  try {
    await program.exitOverride().parseAsync(args, { from: 'user' })
    return []
  } catch (error) {
    return [error.message]
  }
}

/** How a command is run that changes nothing: the lists and plans of `touchstone`, its starter config, a new plugin. */
export function runsAt([tool, name, ...rest], block, cwd) {
  const bin = join(root, 'packages/cli/bin/touchstone.js')
  if (tool === 'npx' && name === 'touchstone' && ['list', 'init', 'plan'].includes(rest[0])) return { args: [bin, ...rest], cwd: rest.some((word) => word.startsWith('examples/')) ? root : cwd }
  if (tool === 'npm' && name === 'create' && rest.includes('--kind')) return { args: [join(root, 'packages/create-plugin/bin/create-plugin.js'), ...rest.slice(1).filter((word) => word !== '--')], cwd }
  return undefined
}
