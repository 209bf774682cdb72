import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStorage } from '@touchstone/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Store } from '../store/store.js'
import { folderStorage } from './index.js'

let base: string
let count = 0
const fresh = () => join(base, String(count++))

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'touchstone-store-'))
})

afterAll(() => rm(base, { recursive: true }))

describeStorage(
  'folder',
  () => folderStorage(fresh()),
  () => folderStorage(join(base, String(count - 1))),
)

test('reading makes no folder; the first write does, and keeps it out of repositories', async () => {
  const folder = fresh()
  const store = await Store.open(folderStorage(folder))
  expect(await readdir(base)).not.toContain(String(count - 1))
  store.put('score', 'a', 1)
  await store.flush()
  expect(await readdir(folder)).toContain('.gitignore')
})

test('what a killed process left half written is no part of it, and goes after a day', async () => {
  const folder = fresh()
  await mkdir(folder)
  const name = 'a'.repeat(64)
  await writeFile(join(folder, `${name}.1-0.part`), 'half')
  await writeFile(join(folder, `${name}.2-0.part`), 'half')
  await utimes(join(folder, `${name}.1-0.part`), 1, 1)
  expect(await folderStorage(folder).list()).toEqual([])
  expect(await readdir(folder)).toEqual([`${name}.2-0.part`])
})

test('a name that leads out of the folder is refused', async () => {
  for (const name of ['../a', 'a/b', '', '.git']) await expect((async () => folderStorage(fresh()).read(name))()).rejects.toThrow(`"${name}" cannot be the name`)
})

test('a folder that cannot be written to is named, with what to do', async () => {
  const file = fresh()
  await writeFile(file, 'a file')
  const store = await Store.open({ ...folderStorage(file), list: () => Promise.resolve([]) })
  store.put('score', 'a', 1)
  await expect(store.flush()).rejects.toThrow(/^cannot write .*: there is a file in its place$/)
})
