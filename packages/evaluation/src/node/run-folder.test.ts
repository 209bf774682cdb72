import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evaluate } from '../evaluate.js'
import type { Results } from '../results.js'
import { toyConfig } from '../testing.js'
import { readRun, writeRun } from './index.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-run-'))
})

afterAll(() => rm(folder, { recursive: true }))

test('a run comes back as it was written, labels of any kind in file names', async () => {
  const out = join(folder, 'back')
  const evaluation = await evaluate(toyConfig({ attributers: { 'a/b <ü>': 'times-weights' } }))
  await writeRun(out, evaluation)
  expect(await readdir(join(out, 'maps', 'one'))).toEqual(['a%2Fb%20%3C%C3%BC%3E.npy'])
  // JSON knows no -0.
  const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
  expect(await readRun(out)).toEqual({ results: asJson(evaluation.results), run: asJson(evaluation.run), inputs: evaluation.inputs, maps: evaluation.maps })
})

test('a run of a version that did not compare methods is read with empty lists', async () => {
  const out = join(folder, 'older')
  await writeRun(out, await evaluate(toyConfig()))
  const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as Results
  await writeFile(join(out, 'results.json'), JSON.stringify({ ...results, comparisons: undefined, ranks: undefined, agreement: undefined }))
  expect((await readRun(out)).results).toEqual({ ...results, comparisons: [], ranks: [], agreement: [] })
})

test('maps of methods that are no longer part of the run go', async () => {
  const out = join(folder, 'stale')
  await writeRun(out, await evaluate(toyConfig({ attributers: { old: 'times-weights', kept: 'times-weights' } })))
  await writeRun(out, await evaluate(toyConfig({ attributers: { kept: 'times-weights' } })))
  expect(await readdir(join(out, 'maps', 'one'))).toEqual(['kept.npy'])
})

test('a run that cannot be written whole leaves the earlier one as it was', async () => {
  const out = join(folder, 'whole')
  await writeRun(out, await evaluate(toyConfig({ examples: { take: 2 } })))
  const files = async () => Promise.all((await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'base64')]))
  const before = await files()
  // A folder in the place of the half-written file stands for a disk that gives out.
  await mkdir(join(out, `run.json.${process.pid}.part`))
  await expect(writeRun(out, await evaluate(toyConfig({ examples: { take: 3 } })))).rejects.toThrow(/^cannot write .*run\.json: /)
  expect(await files()).toEqual(before)
})
