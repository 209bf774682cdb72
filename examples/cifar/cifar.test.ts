import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Results } from '@touchstone/evaluation'
import { encode } from 'fast-png'
import { afterAll, beforeAll, expect, test } from 'vitest'

const bin = join(import.meta.dirname, '../../packages/cli/bin/touchstone.js')
const plugins = ['tfjs-models', 'datasets', 'gradients', 'noise', 'comparisons', 'sensitivity'].map((name) => `@touchstone/${name}`)
let folder: string

/** Stripes of two colours, 40 x 36. */
const stripes = (width: number) => encode({ width: 40, height: 36, channels: 3, depth: 8, data: Uint8Array.from({ length: 40 * 36 * 3 }, (_, i) => (Math.floor((i / 3) % 40 / width) % 2 ? [220, 60, 30] : [20, 90, 160])[i % 3]!) })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-cifar-'))
  const fixture = JSON.parse(await readFile(join(import.meta.dirname, '../../plugins/datasets/src/datasets.fixture.json'), 'utf8')) as { readonly pictures: Readonly<Record<string, { readonly file: string }>> }
  const files: Readonly<Record<string, Uint8Array>> = {
    'cat/wide.png': stripes(9),
    'cat/narrow.png': stripes(2),
    'dog/colour.jpg': Buffer.from(fixture.pictures['rgb-420.jpg']!.file, 'base64'),
    'dog/grey.jpg': Buffer.from(fixture.pictures['grey.jpg']!.file, 'base64'),
  }
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(folder, 'pictures', name, '..'), { recursive: true })
    await writeFile(join(folder, 'pictures', name), bytes)
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs in this folder's place, so that plugins are found. */
async function run(name: string, change: object): Promise<{ readonly code: number | null; readonly err: string }> {
  const config = join(folder, `${name}.json`)
  await writeFile(config, JSON.stringify({
    plugins,
    models: { natural: { use: 'layers-model', options: { path: join(import.meta.dirname, 'models/natural') } } },
    dataset: { use: 'image-folder', options: { folder: 'pictures', resize: 32, crop: 32, colour: 'to-rgb' } },
    examples: { take: 4 },
    attributers: { saliency: 'saliency' },
    metrics: { kendall: { use: 'robustness', options: { sampler: 'noise', comparison: 'kendall', samples: 2 } } },
    ...change,
  }))
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, 'run', config, '--out', join(folder, name)], { cwd: import.meta.dirname })
    let err = ''
    child.stderr.on('data', (data: Buffer) => (err += data.toString()))
    child.stdout.resume()
    child.on('close', (code) => resolve({ code, err }))
  })
}

test('an image folder of PNG and JPEG is evaluated from the command to the results, the same on threads', async () => {
  expect(await run('inline', {})).toMatchObject({ code: 0 })
  const text = await readFile(join(folder, 'inline/results.json'), 'utf8')
  const results = JSON.parse(text) as Results
  expect(results.examples.map(({ id }) => id)).toEqual(['cat/narrow.png', 'cat/wide.png', 'dog/colour.jpg', 'dog/grey.jpg'])
  expect(results.rows).toHaveLength(4)
  expect(await run('threads', { executor: { use: 'threads', options: { threads: 2 } } })).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'threads/results.json'), 'utf8')).toBe(text)
})

test('what is wrong with the pictures is told before any work, with exit code 2', async () => {
  const { code, err } = await run('rgb', { dataset: { use: 'image-folder', options: { folder: 'pictures', resize: [32, 32] } } })
  expect(code).toBe(2)
  expect(err).toContain('grey.jpg: expected a picture in RGB, found one in grey: set options.colour to "to-rgb", or to "grey" for all')
})
