import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Base, Host, isUserError, type Dataset, type FileReader } from '@touchstone/core'
import { afterAll, expect } from 'vitest'
import fixture from './datasets.fixture.json' with { type: 'json' }
import plugin from './index.js'

/** Made by tools/reference/pictures.py. */
export { fixture }

export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

/** A file of the fixture. */
export const picture = (name: keyof typeof fixture.pictures): Uint8Array => bytesOf(fixture.pictures[name].file)

/** Told here rather than by a test that runs, which Vitest takes no hooks from. */
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

/** A new folder with these files; it goes with the test file. */
export async function folderWith(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'touchstone-datasets-')))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

/** What is wrong with the options, or else the dataset. */
export async function openDataset(use: string, options: Readonly<Record<string, unknown>>, path: string, files?: FileReader): Promise<Dataset> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('dataset', { use, options }, ['dataset'])
  if (!resolved || resolver.problems.length > 0) throw new Error(resolver.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return host.open([{ token: Base, value: { path, ...(files && { files }) } }]).create({ ...resolved, kind: 'dataset' })
}

/** The message of the user's mistake, with the test's folder written as FOLDER. */
export async function mistakeIn(what: Promise<unknown>, folder: string): Promise<string> {
  const error: unknown = await what.then(() => new Error('nothing was wrong'), (thrown: unknown) => thrown)
  expect(error).toSatisfy(isUserError)
  return (error as Error).message.replaceAll(folder, 'FOLDER')
}

/** All examples. */
export const examplesOf = (dataset: Dataset) => Promise.all(Array.from({ length: dataset.size }, (_, index) => dataset.example(index)))
