import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { kinds } from './index.js'

const bin = fileURLToPath(new URL('../bin/create-plugin.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'touchstone-create-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the command with what is typed. */
function create(args: readonly string[], typed = ''): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder })
    let [out, err] = ['', '']
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    child.on('close', (code) => resolve({ code, out, err }))
    child.stdin.end(typed)
  })
}

test('five files, named after the extension, and what to do next', async () => {
  const { code, out, err } = await create(['edge-weight', '--kind', 'attributer'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(readdirSync(join(folder, 'edge-weight'), { recursive: true }).sort()).toEqual(['package.json', 'src', 'src/edge-weight.test.ts', 'src/edge-weight.ts', 'src/index.ts', 'tsconfig.json'])
  for (const step of ['cd edge-weight', 'npm install', 'npm test', 'src/edge-weight.test.ts', 'npx touchstone list', 'touchstone-plugin-edge-weight']) expect(out).toContain(step)
  expect(JSON.parse(readFileSync(join(folder, 'edge-weight', 'package.json'), 'utf8'))).toMatchObject({ name: 'touchstone-plugin-edge-weight', description: 'Touchstone plugin: the attributer edge-weight', keywords: ['touchstone', 'touchstone-plugin'] })
  for (const file of ['package.json', 'src/index.ts', 'src/edge-weight.ts', 'src/edge-weight.test.ts']) expect(readFileSync(join(folder, 'edge-weight', file), 'utf8'), file).not.toMatch(/my-method|KIND/)
})

test('it asks for what is not given: the name, and the kind by name or number', async () => {
  const { code, out } = await create([], 'asked-twice\n 4 \n')
  expect(code).toBe(0)
  for (const [kind, summary] of Object.entries(kinds)) expect(out).toContain(`${kind.padEnd(12)}${summary}`)
  expect(readFileSync(join(folder, 'asked-twice', 'src', 'asked-twice.ts'), 'utf8')).toContain("kind: 'score'")
  expect(await create(['asked-once'], 'sampler\n')).toMatchObject({ code: 0 })
  expect(readFileSync(join(folder, 'asked-once', 'src', 'asked-once.ts'), 'utf8')).toContain("kind: 'sampler'")
})

test.each([
  [['Edge_Weight', '--kind', 'score'], '"Edge_Weight" cannot be the name of an extension: it wants lower-case letters and digits'],
  [['index', '--kind', 'score'], 'index.ts is another file of the package'],
  [['../elsewhere', '--kind', 'score'], 'cannot be the name'],
  [['one', 'two'], 'one name is enough, found one two'],
  [['one', '--kinds', 'score'], "Unknown option '--kinds'"],
  [['one', '--kind', 'atributer'], 'there is no kind "atributer"; perhaps you mean\n  attributer  an attribution method: how much each input value matters for a class\n'],
  [['one', '--kind', 'metric'], 'there is no kind "metric"; perhaps you mean\n  comparison  a metric of two maps: how alike they are\n  score       a metric of one map: how good it is, asked of the model\n'],
  [['one', '--kind', 'Report chart'], 'there is no kind "Report chart"; perhaps you mean\n  chart       a chart in the report of an evaluation\n'],
  [['one', '--kind', 'xyz'], 'the kinds are\n  attributer'],
  [['one'], 'no kind was given: npm create @touchstone/plugin one -- --kind KIND, one of attributer, sampler,'],
  [[], 'no name was given'],
] as const)('%j is refused with exit code 2, and nothing is written', async (args, message) => {
  const before = readdirSync(folder)
  const { code, err } = await create(args)
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`create-plugin: `) as string })
  expect(err).toContain(message)
  expect(err).not.toMatch(/^ +at /m)
  expect(readdirSync(folder)).toEqual(before)
})

test('what is there stays: a folder that is not empty, and a file', async () => {
  await create(['taken', '--kind', 'chart'])
  writeFileSync(join(folder, 'taken', 'src', 'taken.ts'), 'mine')
  expect((await create(['taken', '--kind', 'chart'])).err).toContain('taken is there and not empty: give another name, or remove what is in it')
  expect(readFileSync(join(folder, 'taken', 'src', 'taken.ts'), 'utf8')).toBe('mine')
  writeFileSync(join(folder, 'a-file'), '')
  expect((await create(['a-file', '--kind', 'chart'])).err).toContain('a-file is there and not a folder')
})
