import { resultOf, type Score } from '@touchstone/core'
import { parquetReadObjects } from 'hyparquet'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EvaluationConfig } from '../config.js'
import { evaluate } from '../evaluate.js'
import { openEvaluation } from '../open-evaluation.js'
import type { Results } from '../results.js'
import { toyConfig } from '../testing.js'
import { readRun, writeRun } from './index.js'

let folder: string

async function run(out: string, changes: Partial<EvaluationConfig>): Promise<void> {
  await using evaluation = await openEvaluation(toyConfig(changes))
  await writeRun(out, await evaluation.run())
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-run-'))
})

afterAll(() => rm(folder, { recursive: true }))

test('a run comes back as it was written, labels of any kind in file names', async () => {
  const out = join(folder, 'back')
  const attributers = { 'a/b <ü>': 'times-weights' }
  await run(out, { attributers })
  const evaluation = await evaluate(toyConfig({ attributers }))
  expect(await readdir(join(out, 'maps', 'one'))).toEqual(['a%2Fb%20%3C%C3%BC%3E.npy'])
  // JSON knows no -0.
  const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
  expect(await readRun(out)).toEqual({ results: asJson(evaluation.results), run: expect.objectContaining({ format: 'touchstone-run/1' }) as unknown, inputs: evaluation.inputs, maps: evaluation.maps, gallery: evaluation.gallery })
})

test('a run of a version that did not compare methods is read with empty lists', async () => {
  const out = join(folder, 'older')
  await run(out, {})
  const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as Results
  await writeFile(join(out, 'results.json'), JSON.stringify({ ...results, metrics: undefined, comparisons: undefined, ranks: undefined, agreement: undefined }))
  expect((await readRun(out)).results).toEqual({ ...results, metrics: {}, comparisons: [], ranks: [], agreement: [] })
})

test('curves stand in a file of their own and as means in the results, which no longer hold each of them', async () => {
  const out = join(folder, 'curves')
  // Of (1, 1) and (2, 0): the one has a point at 0, the other at 2.
  const score = ({ example }: Parameters<Score['score']>[0]) => Promise.resolve(resultOf(1, { curve: { x: [example.id === 'p0' ? 0 : 2, 1], y: [...example.input] } }))
  const given: Score = { direction: 'lower', score }
  await run(out, { examples: { take: 2 }, metrics: { curvy: { given } } })
  const { results } = await readRun(out)
  expect(results.curves).toEqual([{ model: 'one', attributer: 'squares', metric: 'curvy', x: [0, 1, 2], y: [1, 0.5, 2], n: [1, 2, 1] }])
  expect(results.rows.map(({ value, curve }) => ({ value, curve }))).toEqual([{ value: 1 }, { value: 1 }])
  const points = await parquetReadObjects({ file: new Uint8Array(await readFile(join(out, 'curves.parquet'))).buffer })
  expect(points.map(({ example, metric, x, y }): readonly unknown[] => [example, metric, x, y])).toEqual([['p0', 'curvy', 0, 1], ['p0', 'curvy', 1, 1], ['p1', 'curvy', 2, 2], ['p1', 'curvy', 1, 0]])

  // Versions that held each curve gave no means.
  const rows = results.rows.map((row, index) => ({ ...row, curve: { x: [index], y: [5] } }))
  await writeFile(join(out, 'results.json'), JSON.stringify({ ...results, rows, curves: undefined }))
  expect((await readRun(out)).results.curves).toMatchObject([{ x: [0, 1], y: [5, 5], n: [1, 1] }])

  await run(out, {})
  expect(await readdir(out)).not.toContain('curves.parquet')
})

test('maps of methods that are no longer part of the run go', async () => {
  const out = join(folder, 'stale')
  await run(out, { attributers: { old: 'times-weights', kept: 'times-weights' } })
  await run(out, { attributers: { kept: 'times-weights' } })
  expect(await readdir(join(out, 'maps', 'one'))).toEqual(['kept.npy'])
})

test('a run that cannot be written whole leaves the earlier one as it was', async () => {
  const out = join(folder, 'whole')
  await run(out, { examples: { take: 2 } })
  const files = async () => Promise.all((await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'base64')]))
  const before = await files()
  await using evaluation = await openEvaluation(toyConfig({ examples: { take: 3 } }))
  const noSpace = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const finished = { ...(await evaluation.run()), map: (_model: string, _attributer: string, index: number) => (index < 2 ? Promise.resolve(new Float32Array(2)) : Promise.reject(noSpace)) }
  await expect(writeRun(out, finished)).rejects.toThrow(/^cannot write .*squares\.npy: the disk is full/)
  expect(await files()).toEqual(before)
})
