import { spawnSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Host } from '@touchstone/core'
import { checkConfig } from '@touchstone/evaluation'
import { discoverPlugins, loadPlugins } from '@touchstone/evaluation/node'
import type { Command } from 'commander'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'
import { createProgram } from '../packages/cli/dist/program.js'
import { commandsOf, problemsOf, runsAt } from './docs/commands.mjs'
import { blocksOf, pages, root } from './docs/pages.mjs'

// Every fenced block of the documentation is checked as far as it can be: types, options of configs, names of commands and flags, programs run.
const all = pages().flatMap(blocksOf)
const place = (block: (typeof all)[number]) => `${block.page}:${block.line}`
const code = (language: string) => ['ts', 'js'].includes(language)

// Below the root, so that its packages are found; a folder for each page.
const work = join(root, 'node_modules', '.cache', `touchstone-docs-${process.pid}`)
afterAll(() => rmSync(work, { recursive: true, force: true }))
const folderOf = (page: string) => page.replace(/\.md$/, '').replaceAll('/', '-')

// As a project has it in which the packages are installed, with a model of digits.
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
mkdirSync(work, { recursive: true })
writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, type: 'module', devDependencies: Object.fromEntries(Object.keys(devDependencies).filter((name) => name.startsWith('@touchstone/')).map((name) => [name, '*'])) }))
for (const page of new Set(all.map(({ page }) => folderOf(page)))) {
  mkdirSync(join(work, 'out', page), { recursive: true })
  symlinkSync(join(root, 'examples', 'quickstart', 'models', 'well'), join(work, 'out', page, 'model'))
}

/** A part of a config is completed to a whole one. */
const isPart = (text: string) => /^(plugins|models|dataset|examples|attributers|metrics|executor|backend|store|target)\s*:/m.test(text) && !/^(import|export|const) /m.test(text)
const names = await discoverPlugins(root)
const plugins = await loadPlugins(names, [root], 'package.json')
const completed = (text: string) => `import { defineEvaluation } from '@touchstone/evaluation'
const rest = { plugins: ${JSON.stringify(names)}, models: { mine: 'untrained' }, dataset: 'mnist', attributers: { a: 'saliency' }, metrics: { m: 'gini' } }
const part = defineEvaluation({ ...rest, ...{
${text}
} })
export default part
`

const programs = all.filter(({ language, notRun }) => code(language) && notRun === undefined).map((block, index) => {
  const head = isPart(block.code) ? completed('@').split('@')[0]! : block.given === undefined ? '' : `${block.given}\n`
  const name = block.file?.replace(/\.[tj]s$/, '') ?? `block-${index}`
  const file = join(work, 'in', folderOf(block.page), `${name}.${block.language}`)
  mkdirSync(dirname(file), { recursive: true })
  const [, besideName, besideCode] = /^(\S+)\s+([^]*)$/.exec(block.beside ?? '') ?? []
  if (besideName !== undefined) for (const side of ['in', 'out']) writeFileSync(join(work, side, folderOf(block.page), besideName), besideCode!)
  writeFileSync(file, isPart(block.code) ? completed(block.code) : head + block.code)
  if (block.file !== undefined) writeFileSync(join(work, 'out', folderOf(block.page), block.file), block.code)
  const whole = isPart(block.code) || /export default define(Evaluation|Training)\(/.test(block.code)
  const kind = block.typesOnly !== undefined ? 'types' : whole ? 'config' : /\b(describe[A-Z]\w*|expect)\(/.test(block.code) ? 'tests' : 'program'
  return { ...block, at: place(block), kind, written: file, made: file.replace(join(work, 'in'), join(work, 'out')).replace(/\.ts$/, '.js'), offset: head.split('\n').length - 1 }
})

/** One program over all blocks: its complaints, each at its place in the page. */
function compile(): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'], module: ts.ModuleKind.NodeNext, types: ['node'], typeRoots: [join(root, 'node_modules', '@types')],
    strict: true, skipLibCheck: true, allowJs: true, checkJs: true, rootDir: join(work, 'in'), outDir: join(work, 'out'),
  }
  // Files that blocks import are named, too: TypeScript follows no JavaScript below node_modules.
  const beside = programs.flatMap((block) => (block.beside === undefined ? [] : [join(dirname(block.written), /^\S+/.exec(block.beside)![0])]))
  const program = ts.createProgram([...programs.map(({ written }) => written), ...beside], options)
  program.emit()
  return ts.getPreEmitDiagnostics(program).flatMap((diagnostic) => {
    const file = diagnostic.file?.fileName
    const block = programs.find(({ written }) => written === file)
    // JavaScript says no types: there it is names, and numbers of arguments, that must be right.
    if (block?.language !== 'ts' && diagnostic.code >= 2000 && ![2304, 2305, 2307, 2551, 2552, 2554, 2614, 2724].includes(diagnostic.code)) return []
    const line = diagnostic.file && block ? block.line + diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line - block.offset + 1 : ''
    return [`${block?.page ?? file}:${line} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`]
  })
}
const complaints = compile()

const run = (command: string, args: readonly string[], cwd: string) =>
  new Promise<{ status: number | null; output: string }>((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    child.on('close', (status) => resolve({ status, output }))
  })
const touchstone = (args: readonly string[], cwd: string) => run(process.execPath, [join(root, 'packages/cli/bin/touchstone.js'), ...args], cwd)

test('every block has a language, and a reason where it is not run', () => {
  expect(all.filter(({ language }) => !['ts', 'js', 'sh', 'json', 'python', 'sql', 'text'].includes(language)).map(place)).toEqual([])
  const unrun = all.filter(({ notRun, typesOnly }) => notRun !== undefined || typesOnly !== undefined)
  expect(unrun.filter(({ notRun, typesOnly }) => (notRun ?? typesOnly)!.length < 8).map(place)).toEqual([])
  console.info([`${all.length} blocks of code, ${unrun.length} of them not run:`, ...unrun.map((block) => `${place(block)} ${block.notRun ?? `types only: ${block.typesOnly}`}`)].join('\n  '))
})

test('TypeScript and JavaScript have their types right', () => {
  expect(complaints).toEqual([])
})

describe('configs', () => {
  const host = new Host(plugins)
  test.each(programs.filter(({ kind }) => kind === 'config'))('$at', async ({ made }) => {
    const { default: config } = await import(made)
    if ('trainer' in config) {
      const resolver = host.resolver()
      for (const kind of ['model', 'dataset', 'trainer'] as const) resolver.resolve(kind, config[kind], [kind])
      expect(resolver.problems).toEqual([])
    } else checkConfig(config, new Host(await loadPlugins(config.plugins, [root], 'config')), 'config')
  })
})

// They wait for processes of their own: several at a time.
test.concurrent.each(programs.filter(({ kind }) => kind === 'program'))('the program at $at runs', async ({ made, code: text }) => {
  const { status, output } = await run(process.execPath, ['--no-warnings', made], dirname(made))
  expect({ status, output }).toMatchObject({ status: 0 })
  // What a comment says is printed.
  for (const [, printed] of text.matchAll(/^console\.log\(.*\) \/\/ ([[{'"\d].*)$/gm)) expect(output).toContain(printed)
})

for (const { at, made, code: text } of programs.filter(({ kind }) => kind === 'tests'))
  if (/\bdescribe[A-Z]/.test(text)) describe(at, async () => void (await import(made)))
  else test(`the test at ${at} passes`, async () => void (await import(made)))

test.each(all.filter(({ language }) => language === 'json').map((block) => [place(block), block.code]))('%s is JSON', (_at, text) => {
  expect(JSON.parse(text)).toBeTypeOf('object')
})

describe.concurrent('commands', () => {
  // What is installed is the same for every page.
  const done = new Set<string>()
  test.each(all.filter(({ language }) => language === 'sh').map((block) => [place(block), block] as const))('%s', async (_at, block) => {
    const said: string[] = []
    for (const command of commandsOf(block.code)) {
      const cwd = join(work, 'out', folderOf(block.page))
      said.push(...(await problemsOf(command, block, existsSync)))
      const real = block.notRun === undefined && block.page !== 'docs/first-evaluation.md' && said.length === 0 ? runsAt(command, block, cwd) : undefined
      if (!real || done.has(command.join(' '))) continue
      if (command[2] === 'list') done.add(command.join(' '))
      if (command[2] === 'init') rmSync(join(cwd, 'touchstone.config.ts'), { force: true })
      const { status, output } = await run(process.execPath, real.args, real.cwd)
      if (status !== 0) said.push(`${command.join(' ')} ended with ${status}: ${output}`)
    }
    expect(said).toEqual([])
  })
})

// The first evaluation, as the page says it, on fewer examples.
const tutorial = join(work, 'out', folderOf('docs/first-evaluation.md'))
test('the first evaluation, word by word', async () => {
  const commands = all.filter(({ page, language }) => page === 'docs/first-evaluation.md' && language === 'sh').flatMap(({ code: text }) => commandsOf(text)).filter(([tool, name]) => tool === 'npx' && name === 'touchstone')
  expect(commands.map((command) => command[2])).toEqual(expect.arrayContaining(['init', 'list', 'run']))
  rmSync(join(tutorial, 'touchstone.config.ts'), { force: true })
  // As npm init leaves it.
  writeFileSync(join(tutorial, 'package.json'), readFileSync(join(work, 'package.json'), 'utf8').replace('"module"', '"commonjs"'))
  // The list was shown above, for the page that has it first.
  for (const [, , ...args] of commands.filter((command) => command[2] !== 'list')) {
    if (args[0] === 'run') writeFileSync(join(tutorial, 'touchstone.config.ts'), readFileSync(join(tutorial, 'touchstone.config.ts'), 'utf8').replace('take: 32', 'take: 2'))
    expect(await touchstone(args, tutorial)).toMatchObject({ status: 0 })
  }
  expect(readdirSync(join(tutorial, 'touchstone-run'))).toEqual(expect.arrayContaining(['results.json', 'summary.csv', 'report.html', 'run.json', 'rows.parquet']))
})

// In the folder of that run, where Python has what a block imports.
const python = process.env.PYTHON ?? 'python3'
const has = (modules: readonly string[]) => spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')]).status === 0
const [withPython, duckdb] = [has([]), has(['duckdb'])]
const imports = (text: string) => [...text.matchAll(/^import (.+)$/gm)].flatMap(([, names]) => names!.split(/, */)).map((name) => name.split(' ')[0]!)
// pandas reads Parquet by pyarrow.
const scripts = all.filter(({ language, notRun }) => language === 'python' && notRun === undefined).map((block) => ({ ...block, at: place(block), runs: has(imports(block.code).flatMap((name) => (name === 'pandas' ? ['pandas', 'pyarrow'] : [name]))) }))
describe.skipIf(!withPython)(withPython ? 'Python' : 'Python (skipped: no python3 found)', () => {
  const folder = join(tutorial, 'touchstone-run')
  for (const { at, code: text, runs } of scripts)
    test(runs ? at : `${at} (syntax alone: it imports what is not installed)`, async () => {
      const file = join(folder, 'block.py')
      writeFileSync(file, text)
      expect(await run(python, runs ? [file] : ['-m', 'py_compile', file], folder)).toMatchObject({ status: 0 })
    })
  const queries = all.filter(({ language, notRun }) => language === 'sql' && notRun === undefined)
  test.skipIf(!duckdb).each(queries.map((block) => [place(block), block.code]))(`%s${duckdb ? '' : ' (skipped: duckdb is not installed)'}`, async (_at, text) => {
    for (const name of ['run-a', 'run-b']) cpSync(join(folder, 'rows.parquet'), join(folder, name, 'rows.parquet'), { recursive: true })
    expect(await run(python, ['-c', `import duckdb, sys\nfor line in sys.argv[1].split(';'):\n    if line.strip(): print(duckdb.sql(line))`, text], folder)).toMatchObject({ status: 0 })
  })
})

// Each command with all its options, and no other.
test('the usage that the configuration page shows is that of the command', async () => {
  const usage = all.find(({ page, language }) => page === 'docs/configuration.md' && language === 'text')!
  const program = await createProgram(['--version'], new AbortController().signal)
  const optionsOf = (command: Command): string[] => [command, ...command.commands].flatMap((one) => one.options.map(({ long }) => long!))
  const lines = usage.code.replace(/\n {2,}/g, ' ').trim().split('\n')
  expect(lines.map((line) => line.split(' ')[1]).sort()).toEqual(program.commands.map((command) => command.name()).sort())
  const runCommand = program.commands.find((one) => one.name() === 'run')!
  for (const line of lines) {
    const command = program.commands.find((one) => one.name() === line.split(' ')[1])!
    const shown = [...line.matchAll(/--[a-z-]+/g)].map(([flag]) => flag)
    const own = line.includes('[what run takes]') ? optionsOf(command).filter((flag) => !optionsOf(runCommand).includes(flag) || shown.includes(flag)) : optionsOf(command)
    expect(shown.sort(), line).toEqual([...new Set(own)].sort())
  }
})
