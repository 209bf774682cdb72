import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareData } from './prepare.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-prepare-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** An archive of one picture, in a folder of its own name or not. */
async function pack(name: string, inside: string): Promise<void> {
  const place = join(folder, 'made', name)
  await mkdir(join(place, inside, 'rose'), { recursive: true })
  await writeFile(join(place, inside, 'rose', 'one.jpg'), name)
  await mkdir(join(folder, 'from'), { recursive: true })
  expect(spawnSync('tar', ['-czf', join(folder, 'from', `${name}.tar.gz`), '-C', place, inside === '' ? 'rose' : inside]).status).toBe(0)
}

test('archives are unpacked, whether or not they begin with a folder of their name; what is unpacked beside them is there too; twice does no harm', async () => {
  await pack('flower17-128', 'flower17-128')
  await pack('cifar10-jpeg', '')
  await mkdir(join(folder, 'from', 'gtsrb-32'))
  await writeFile(join(folder, 'from', 'gtsrb-32', 'labels.csv'), 'file,label')
  const to = join(folder, 'to')
  for (let i = 0; i < 2; i++) {
    expect(await prepareData(join(folder, 'from'), to)).toBe(to)
    for (const name of ['flower17-128', 'cifar10-jpeg']) expect(await readFile(join(to, name, 'rose', 'one.jpg'), 'utf8')).toBe(name)
    expect(await readFile(join(to, 'gtsrb-32', 'labels.csv'), 'utf8')).toBe('file,label')
  }
})

test('links are made by many at once, and anew where the data have moved', async () => {
  await pack('flower17-128', 'flower17-128')
  await mkdir(join(folder, 'from', 'gtsrb-32'))
  await writeFile(join(folder, 'from', 'gtsrb-32', 'labels.csv'), 'file,label')
  const to = join(folder, 'to')
  await mkdir(to)
  await symlink(join(folder, 'moved'), join(to, 'gtsrb-32'))
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => prepareData(join(folder, 'from'), to))))).toEqual(new Set([to]))
  expect(await readFile(join(to, 'gtsrb-32', 'labels.csv'), 'utf8')).toBe('file,label')
  expect((await readdir(to)).sort()).toEqual(['flower17-128', 'gtsrb-32'])
})

test('two that begin at once both find all of it, and leave nothing else', async () => {
  await pack('flower17-128', 'flower17-128')
  await pack('cifar10-jpeg', '')
  await mkdir(join(folder, 'from', 'imagenet-sample'))
  for (const name of ['n01440764_tench.jpg', 'n04251144_snorkel.JPEG']) await writeFile(join(folder, 'from', 'imagenet-sample', name), name)
  const to = join(folder, 'to')
  expect(await Promise.all([prepareData(join(folder, 'from'), to), prepareData(join(folder, 'from'), to)])).toEqual([to, to])
  expect((await readdir(to)).sort()).toEqual(['cifar10-jpeg', 'flower17-128', 'imagenet', 'imagenet-sample'])
  expect(await readFile(join(to, 'imagenet', '500', 'n04251144_snorkel.JPEG'), 'utf8')).toBe('n04251144_snorkel.JPEG')
})

test('a folder in which all is unpacked is taken as it is', async () => {
  await mkdir(join(folder, 'from', 'gtsrb-32'), { recursive: true })
  expect(await prepareData(join(folder, 'from'), join(folder, 'to'))).toBe(join(folder, 'from'))
  expect(existsSync(join(folder, 'to'))).toBe(false)
})

test('pictures of ImageNet are sorted by class, whether packed or not; other numbers of them are refused', async () => {
  const from = join(folder, 'from', 'imagenet-sample')
  await mkdir(from, { recursive: true })
  for (const name of ['n02_no.jpg', 'n01440764_tench.jpg', 'n04251144_snorkel.JPEG']) await writeFile(join(from, name), name)
  const to = join(folder, 'to')
  expect(await prepareData(join(folder, 'from'), to)).toBe(to)
  expect(await readFile(join(to, 'imagenet', '500', 'n04251144_snorkel.JPEG'), 'utf8')).toBe('n04251144_snorkel.JPEG')
  expect((await readdir(join(to, 'imagenet'))).sort()).toEqual(['0', '500'])
  expect(await prepareData(to, join(folder, 'other'))).toBe(to)
  await writeFile(join(from, 'n07747607_orange.jpg'), '')
  await expect(prepareData(join(folder, 'from'), join(folder, 'again'))).rejects.toThrow('expected pictures n<WordNet id>_<name>.jpg, one of every class of ImageNet or of every n-th, found 3')
})

test('a damaged archive leaves nothing that looks whole, and is named', async () => {
  await mkdir(join(folder, 'from'))
  await writeFile(join(folder, 'from', 'gtsrb-32.tar.gz'), 'no archive')
  await expect(prepareData(join(folder, 'from'), join(folder, 'to'))).rejects.toThrow('gtsrb-32.tar.gz: tar could not unpack it')
  expect(existsSync(join(folder, 'to', 'gtsrb-32'))).toBe(false)
})

test('a folder with nothing of ours, and none', async () => {
  await expect(prepareData(folder, join(folder, 'to'))).rejects.toThrow('found none of them')
  await expect(prepareData(join(folder, 'nowhere'), join(folder, 'to'))).rejects.toThrow('found no folder')
})
