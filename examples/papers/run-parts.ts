import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { messageOf } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { commandLine, fail } from '../zoo/command-line.js'
import type { DataName } from '../zoo/data.js'
import { prepareData } from '../zoo/prepare.js'
import { modelPath } from '../zoo/recipes.js'

const zoo = join(import.meta.dirname, '../zoo')

/** What an evaluation of a reproduction needs. */
interface Needs {
  readonly data: DataName
  /** Networks of the zoo by the names under which they stand in tables. */
  readonly models: Readonly<Record<string, string>>
}

export interface Reproduction {
  /** The folder of the example, with its evaluation.config.ts. */
  readonly folder: string
  readonly parts: Readonly<Record<string, Needs>>
  /** The parts that stand for all with --quick. */
  readonly quick: readonly string[]
  /** Fewer models than this of a part, and it is left out. */
  readonly leastModels: (part: Needs) => number
  /** What evaluation.config.ts is told by environment variables. */
  readonly environment: (part: string, told: { readonly data: string; readonly quick: boolean; readonly models: readonly string[] }) => Readonly<Record<string, string>>
}

/**
 * Runs the evaluations of a reproduction, as the command line asks: `--data FOLDER [--quick] [--plan [--pilot]] [--backend NAME] [--out FOLDER] [part ...]`. What was computed is kept, so that the
 * same command goes on where it was stopped. @returns the folder that is written to, and the results that stand in it, by part
 */
export async function runParts({ folder, parts, quick: quickParts, leastModels, environment }: Reproduction): Promise<{ readonly out: string; readonly results: ReadonlyMap<string, Results> }> {
  const { values, positionals } = commandLine({
    data: { type: 'string', default: 'data' },
    quick: { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    pilot: { type: 'boolean', default: false },
    backend: { type: 'string' },
    out: { type: 'string', default: join(folder, 'runs') },
  })
  const unknown = positionals.filter((name) => !(name in parts))
  if (unknown.length > 0) fail(`there is no part ${unknown.join(', ')}: choose from ${Object.keys(parts).join(', ')}`)
  const chosen = positionals.length > 0 ? positionals : values.quick ? quickParts : Object.keys(parts)
  const data = chosen.some((name) => parts[name]!.data !== 'mnist') ? await prepareData(values.data, join(zoo, 'data')).catch((error: unknown) => fail(messageOf(error))) : '.'
  const out = resolve(values.out, values.quick ? 'quick' : 'full')
  await mkdir(out, { recursive: true })
  for (const name of chosen) {
    const part = parts[name]!
    const isThere = (model: string): boolean => existsSync(join(zoo, modelPath(part.models[model]!), 'model.json'))
    const models = Object.keys(part.models).filter(isThere)
    const missing = Object.keys(part.models).filter((model) => !isThere(model)).map((model) => part.models[model]!)
    if (missing.length > 0) console.error(`${name}: there is no ${missing.join(', ')}, which examples/zoo trains or converts${models.length < leastModels(part) ? '; the part is left out' : ''}`)
    if (models.length < leastModels(part)) continue
    const args = [...(values.plan ? ['plan', 'evaluation.config.ts', ...(values.pilot ? ['--pilot'] : [])] : ['run', 'evaluation.config.ts', '--out', join(out, name)]), ...(values.backend ? ['--backend', values.backend] : [])]
    const code = await touchstone([...args, '--store', join(out, 'store')], folder, environment(name, { data, quick: values.quick, models }))
    if (code !== 0) process.exit(code)
  }
  const results = new Map<string, Results>()
  for (const name of values.plan ? [] : Object.keys(parts)) {
    const file = join(out, name, 'results.json')
    if (existsSync(file)) results.set(name, JSON.parse(await readFile(file, 'utf8')) as Results)
  }
  return { out, results }
}

function touchstone(args: readonly string[], folder: string, environment: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((done) => spawn(join(folder, 'node_modules', '.bin', 'touchstone'), args, { cwd: folder, stdio: 'inherit', env: { ...process.env, ...environment } }).on('close', (code) => done(code ?? 1)))
}
