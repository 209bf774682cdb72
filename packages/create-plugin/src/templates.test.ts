import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPlugin } from './create-plugin.js'
import { filled, type Fill } from './filled.test.data.js'
import { kinds, type TemplateKind } from './kinds.js'

const own = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'touchstone-create-'))
afterAll(() => rmSync(folder, { recursive: true }))

const all = Object.keys(kinds) as TemplateKind[]

/** A test of a written package: passed where it has no messages. */
interface Told {
  readonly file: string
  readonly title: string
  readonly messages: readonly string[]
}

let told: readonly Told[]
const toldBy = (name: string): readonly Told[] => told.filter(({ file }) => file === join(folder, name, 'src', `${name}.test.ts`))

// Each kind twice, as it is written and filled in, all tested by one process in which the packages are loaded once.
beforeAll(async () => {
  await symlink(join(own, 'node_modules'), join(folder, 'node_modules'))
  for (const kind of all) {
    await createPlugin(folder, `new-${kind}`, kind)
    const name = `full-${kind}`
    await createPlugin(folder, name, kind)
    const { source, test: cases } = filled[kind](name)
    await fill(join(folder, name, 'src', `${name}.ts`), source)
    await fill(join(folder, name, 'src', `${name}.test.ts`), cases)
  }
  const vitest = join(own, 'node_modules', 'vitest', 'vitest.mjs')
  await node([vitest, 'run', '--root', folder, '--no-isolate', '--maxWorkers', '1', '--reporter', 'json', '--outputFile', join(folder, 'told.json')])
  const { testResults } = JSON.parse(await readFile(join(folder, 'told.json'), 'utf8')) as { testResults: readonly { name: string; assertionResults: readonly { title: string; failureMessages: readonly string[] }[] }[] }
  told = testResults.flatMap(({ name, assertionResults }) => assertionResults.map(({ title, failureMessages }) => ({ file: name, title, messages: failureMessages })))
}, 120_000)

/** Writes what an author would; every place is there, once. */
async function fill(path: string, places: Fill): Promise<void> {
  let text = await readFile(path, 'utf8')
  for (const [from, to] of Object.entries(places)) {
    const parts = text.split(from)
    expect(parts, `${from} in ${path}`).toHaveLength(2)
    text = parts.join(to)
  }
  await writeFile(path, text)
}

/** How a script ended, and what it said. */
function node(args: readonly string[]): Promise<{ readonly ok: boolean; readonly out: string }> {
  // The process under test is not part of this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(VITEST|NODE_OPTIONS|TEST$|NODE_ENV$)/.test(key)))
  return new Promise((resolve) => execFile(process.execPath, [...args], { cwd: folder, env }, (error, stdout, stderr) => resolve({ ok: !error, out: stdout + stderr })))
}

const costed: readonly TemplateKind[] = ['attributer', 'sampler', 'score']

test.each(all)('a new %s fails, and says that formula, metadata and a case are to be written, and where', (kind) => {
  const results = toldBy(`new-${kind}`)
  const messages = results.flatMap((one) => one.messages)
  const expected = [
    new RegExp(`write (the formula|what the model computes|how examples are read|where and in which order jobs run|what is drawn): \\w+ in src/new-${kind}\\.ts`),
    /one line that says what it is/,
    new RegExp(`write .*: (input and )?expected in src/new-${kind}\\.test\\.ts`),
    ...(costed.includes(kind) ? [new RegExp(`write how many model rows .*: cost in src/new-${kind}\\.ts`)] : []),
  ]
  for (const message of expected) expect(messages, String(message)).toContainEqual(expect.stringMatching(message))
  // What passes already is what the template does by itself.
  expect(results.filter((one) => one.messages.length === 0).map(({ title }) => title)).toEqual(passing[kind] ?? [])
})

const passing: Partial<Record<TemplateKind, readonly string[]>> = {
  attributer: ['no rows give no maps', 'it stops when it is told to'],
  sampler: ['it stops when it is told to'],
  comparison: ['a map that is not finite has no value, but a reason'],
}

test.each(all)('a %s with formula, metadata and a case passes', (kind) => {
  const results = toldBy(`full-${kind}`)
  expect(results.length).toBeGreaterThanOrEqual(4)
  expect(results.flatMap(({ title, messages }) => messages.map((message) => `${title}: ${message}`))).toEqual([])
})

test('all of them type-check, as written and as filled in', async () => {
  const config = { extends: './new-attributer/tsconfig.json', compilerOptions: { rootDir: '.', noEmit: true }, include: ['*/src'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = createRequire(join(own, '..', '..', 'package.json')).resolve('typescript/lib/tsc.js')
  expect(await node([tsc, '-p', '.'])).toEqual({ ok: true, out: '' })
})

test('the packages it names are of the versions of this repository', async () => {
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as { readonly version: string; readonly peerDependencies: Record<string, string>; readonly devDependencies: Record<string, string> }
  const { peerDependencies, devDependencies } = await read(join(folder, 'new-score', 'package.json'))
  const root = await read(join(own, '..', '..', 'package.json'))
  for (const [name, range] of Object.entries({ ...devDependencies, ...peerDependencies })) {
    const path = name in root.devDependencies && !name.startsWith('@touchstone/') ? join(own, '..', '..', 'node_modules', name) : join(own, 'node_modules', name)
    const [major] = (await read(join(path, 'package.json'))).version.split('.')
    expect(range, name).toMatch(new RegExp(`^\\^${major}\\.`))
  }
})
