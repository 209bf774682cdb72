/*
 * Evaluates what the paper evaluates, part by part, judges its claims, and draws its figures. What was computed is kept: the same command goes on.
 *
 *   npm run paper -- --data FOLDER [--quick] [--backend NAME] [--out FOLDER] [part ...]
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Results } from '@touchstone/evaluation'
import { prepareData } from '../zoo/prepare.js'
import { modelPath } from '../zoo/recipes.js'
import { judge, type Judgement } from './claims.js'
import { figure } from './figure.js'
import { parts, type Part, type PartName } from './parts.js'

const { values, positionals } = parseArgs({
  options: { data: { type: 'string', default: 'data' }, quick: { type: 'boolean', default: false }, backend: { type: 'string' }, out: { type: 'string', default: join(import.meta.dirname, 'runs') }, plan: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const all = Object.keys(parts) as PartName[]
const unknown = positionals.filter((name) => !all.includes(name as PartName))
if (unknown.length > 0) fail(`there is no part ${unknown.join(', ')}: choose from ${all.join(', ')}`)
// In small the paper's comparison on one data set.
const chosen = positionals.length > 0 ? (positionals as PartName[]) : values.quick ? (['mnist'] as const) : all
const needsData = chosen.some((name) => parts[name].data !== 'mnist')
const folder = needsData ? await prepareData(values.data, join(import.meta.dirname, '../zoo/data')).catch((error: unknown) => fail((error as Error).message)) : '.'
const out = resolve(values.out, values.quick ? 'quick' : 'full')
await mkdir(out, { recursive: true })

for (const name of chosen) {
  const missing = Object.values((parts[name] as Part).models).filter((model) => !existsSync(join(import.meta.dirname, modelPath(model), 'model.json')))
  if (missing.length > 0) {
    console.error(`${name} is left out: there is no ${missing.join(', ')}; train ${missing.length > 1 ? 'them' : 'it'} in ../zoo`)
    continue
  }
  const env = { ...process.env, OSR_PART: name, OSR_DATA: folder, ...(values.quick && { OSR_QUICK: '1' }) }
  const options = [...(values.backend ? ['--backend', values.backend] : [])]
  const code = await touchstone(values.plan ? ['plan', 'evaluation.config.ts', '--store', join(out, 'store')] : ['run', 'evaluation.config.ts', '--out', join(out, name), '--store', join(out, 'store'), ...options], env)
  if (code !== 0) process.exit(code)
}
if (values.plan) process.exit(0)

const judgements: Judgement[] = []
for (const name of all) {
  const file = join(out, name, 'results.json')
  if (!existsSync(file)) continue
  const results = JSON.parse(await readFile(file, 'utf8')) as Results
  judgements.push(...judge(name, results))
  const panels = ['OSR', 'OSR, raw', 'OSR, printed', 'OSR by ranks', 'sensitivity, raw', 'sensitivity by ranks', 'Robustness-S_r', 'fidelity'].filter((metric) => metric in results.metrics)
  await writeFile(join(out, `${name}.svg`), figure(`${name}, ${results.examples.length} inputs: the best above`, results, panels))
}
const lines = ['| claim | data | the paper | here, with 95 % intervals | |', '|---|---|---|---|---|', ...judgements.map(({ claim, data, theirs, ours, verdict }) => `| ${claim} | ${data} | ${theirs} | ${ours} | ${verdict} |`)]
await writeFile(join(out, 'claims.md'), `${lines.join('\n')}\n`)
console.log(lines.join('\n'))
console.error(`in ${out}: claims.md, a figure per part, and the results and report of each`)

function touchstone(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done) => spawn(join(import.meta.dirname, 'node_modules', '.bin', 'touchstone'), args, { cwd: import.meta.dirname, stdio: 'inherit', env }).on('close', (code) => done(code ?? 1)))
}

function fail(message: string): never {
  console.error(`osr-paper: ${message}`)
  process.exit(2)
}
