import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { isUserError } from '@touchstone/core'
import fc from 'fast-check'
import { encode } from 'fast-png'
import { expect, test } from 'vitest'
import { bytesOf, examplesOf, fixture, folderWith, mistakeIn, openDataset, picture } from '../datasets.test.data.js'

const open = (folder: string, options: Readonly<Record<string, unknown>> = {}) => openDataset('image-folder', { folder, ...options }, '/')
const mistake = (folder: string, options?: Readonly<Record<string, unknown>>) => mistakeIn(open(folder, options), folder)
const usable = 'expected a whole JPEG or PNG picture in RGB or grey, found'
const again = 'save it again as such, or remove it'

/** A grey PNG of one value, for tests where pictures only must differ. */
const plain = (value: number, side = 4): Uint8Array => encode({ width: side, height: side, channels: 1, depth: 8, data: new Uint8Array(side * side).fill(value) })

test.each(Object.entries(fixture.pictures))('%s has the pixels that Pillow decodes', async (name, { file, height, width, pixels }) => {
  const channels = pixels.length / (height * width)
  const dataset = await open(await folderWith({ [`class/${name}`]: bytesOf(file) }), { colour: channels === 1 ? 'grey' : 'rgb' })
  expect(dataset).toMatchObject({ inputShape: [height, width, channels], size: 1, range: { low: 0, high: 1 }, classNames: ['class'] })
  const { id, label, input } = await dataset.example(0)
  expect([id, label]).toEqual([`class/${name}`, 0])
  expect(input).toEqual(Float32Array.from(pixels, (value) => value / (name === 'grey-16.png' ? 0xffff : 0xff)))
})

test.each(fixture.resize.to)('resizes as Pillow does, to $height x $width', async ({ height, width, output }) => {
  const data = Uint8Array.from(fixture.resize.input, (value) => Math.round(value * 255))
  const dataset = await open(await folderWith({ 'a.png': encode({ width: fixture.resize.width, height: fixture.resize.height, channels: 1, depth: 8, data }) }), { colour: 'grey', resize: [height, width] })
  expect(dataset.inputShape).toEqual([height, width, 1])
  const { input } = await dataset.example(0)
  for (const [i, value] of output.entries()) expect(Math.abs(input[i]! - value)).toBeLessThan(1e-6)
})

test('a number resizes the shorter side, the other in proportion; crop takes the middle', async () => {
  const gradient = (width: number, height: number) => encode({ width, height, channels: 1, depth: 8, data: Uint8Array.from({ length: width * height }, (_, i) => 10 * Math.floor(i / width) + (i % width)) })
  const wide = await folderWith({ 'wide.png': gradient(7, 4) })
  expect((await open(wide, { colour: 'grey', resize: 8 })).inputShape).toEqual([8, 14, 1])
  expect((await open(await folderWith({ 'tall.png': gradient(3, 7) }), { colour: 'grey', resize: 2 })).inputShape).toEqual([4, 2, 1])
  const cropped = await open(wide, { colour: 'grey', crop: [2, 3] })
  expect((await cropped.example(0)).input).toEqual(Float32Array.from([12, 13, 14, 22, 23, 24], (value) => value / 255))
})

test('grey among RGB: refused, or three equal channels; RGB among grey: its luma', async () => {
  const folder = await folderWith({ 'a/rgb.png': encode({ width: 4, height: 4, channels: 3, depth: 8, data: Uint8Array.from({ length: 48 }, (_, i) => [200, 100, 50][i % 3]!) }), 'b/grey.png': plain(60) })
  expect(await mistake(folder)).toBe('FOLDER/b/grey.png: expected a picture in RGB, found one in grey: set options.colour to "to-rgb", or to "grey" for all')
  const [, grey] = await examplesOf(await open(folder, { colour: 'to-rgb' }))
  expect(grey!.input).toEqual(new Float32Array(48).fill(60 / 255))
  const [rgb] = await examplesOf(await open(folder, { colour: 'grey' }))
  expect(rgb!.input).toHaveLength(16)
  for (const value of rgb!.input) expect(value).toBeCloseTo((0.299 * 200 + 0.587 * 100 + 0.114 * 50) / 255, 6)
})

test('range, mean and std make the values, and the range of the dataset', async () => {
  const folder = await folderWith({ 'a.png': encode({ width: 1, height: 1, channels: 3, depth: 8, data: Uint8Array.from([0, 51, 255]) }) })
  const spread = await open(folder, { range: [-1, 1] })
  expect(spread.range).toEqual({ low: -1, high: 1 })
  expect((await spread.example(0)).input).toEqual(Float32Array.from([-1, -0.6, 1]))
  const normalised = await open(folder, { mean: [0.5, 0.2, 0], std: [0.5, 0.1, 2] })
  expect(normalised.range).toEqual({ low: -2, high: 8 })
  expect(Array.from((await normalised.example(0)).input, (value) => Math.round(value * 1e6) / 1e6)).toEqual([-1, 0, 0.5])
})

test('classes: folders in order of their characters, whole numbers as they are, or as told; labels.csv before folders; none without either', async () => {
  const labels = async (files: Readonly<Record<string, Uint8Array | string>>, options = {}) => {
    const dataset = await open(await folderWith(files), { colour: 'grey', ...options })
    return [dataset.classNames, (await examplesOf(dataset)).map(({ id, label }) => `${id} ${label ?? 'none'}`)]
  }
  const two = { 'dog/x/1.png': plain(1), 'cat/2.png': plain(2), 'cat/.hidden.png': 'no picture', 'cat/notes.txt': '' }
  expect(await labels(two)).toEqual([['cat', 'dog'], ['cat/2.png 0', 'dog/x/1.png 1']])
  expect(await labels(two, { classes: ['dog', 'cat'] })).toEqual([['dog', 'cat'], ['cat/2.png 1', 'dog/x/1.png 0']])
  expect(await labels({ '10/a.png': plain(1), '2/b.png': plain(2) })).toEqual([['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10'], ['10/a.png 10', '2/b.png 2']])
  expect(await labels({ 'labels.csv': '\uFEFFFilename;Width;ClassId\r\n"b;1.png";4;dog\r\n./x/a.png;4;cat\r\n', 'b;1.png': plain(1), 'x/a.png': plain(2), 'unlisted.png': plain(3) })).toEqual([['cat', 'dog'], ['b;1.png 1', 'x/a.png 0']])
  expect(await labels({ 'b.png': plain(1), 'a.png': plain(2) })).toEqual([undefined, ['a.png none', 'b.png none']])
})

test('splits follow the bytes of a file alone, and together are all', async () => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i % 2 ? 'a' : 'b'}/${i}.png`, plain(i)]))
  const ids = async (folder: string, options = {}) => (await examplesOf(await open(folder, { colour: 'grey', ...options }))).map(({ id }) => id)
  const folder = await folderWith(files)
  const [train, test] = [await ids(folder, { split: 'train' }), await ids(folder, { split: 'test' })]
  expect([...train, ...test].sort()).toEqual(await ids(folder))
  expect(test.length).toBeGreaterThan(4)
  expect(test.length).toBeLessThan(25)
  // With more files and other names the same pictures are on the same side.
  const renamed = await ids(await folderWith({ ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name.slice(0, 2)}other-${name.slice(2)}`, bytes])), 'a/more.png': plain(200) }), { split: 'test' })
  expect(renamed.map((id) => id.replace('other-', '')).filter((id) => id !== 'a/more.png').sort()).toEqual(test.sort())
  const all = await ids(folder, { split: 'test', testShare: 0.999999 })
  expect(all).toHaveLength(60)
})

test('by hash the classes are mixed, in the same order whatever the files are called', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i < 20 ? 'a' : 'b'}/${i}.png`, plain(i)]))
  const ordered = async (folder: Readonly<Record<string, Uint8Array>>, order: string) => (await examplesOf(await open(await folderWith(folder), { colour: 'grey', order }))).map(({ input, label }) => [Math.round(input[0]! * 255), label])
  const mixed = await ordered(files, 'hash')
  expect(await ordered(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name.slice(0, 2)}${90 - Number(name.slice(2, -4))}.png`, bytes])), 'hash')).toEqual(mixed)
  expect(new Set(mixed.slice(0, 8).map(([, label]) => label)).size).toBe(2)
  expect(mixed.toSorted(([a], [b]) => a! - b!)).toEqual(Array.from({ length: 40 }, (_, i) => [i, i < 20 ? 0 : 1]))
})

test('the fingerprint changes with bytes, names, labels and each option of reading; the same folder elsewhere has the same', async () => {
  const files = { 'a/1.png': plain(1), 'a/2.png': plain(2), 'b/3.png': plain(3) }
  const print = async (folder: Readonly<Record<string, Uint8Array>>, options = {}) => (await open(await folderWith(folder), { colour: 'grey', ...options })).fingerprint
  expect(await print(files)).toBe(await print(files))
  const prints = [
    await print(files),
    await print({ ...files, 'b/3.png': plain(4) }),
    await print({ 'a/1.png': plain(1), 'a/4.png': plain(2), 'b/3.png': plain(3) }),
    await print({ 'a/1.png': plain(1), 'b/2.png': plain(2), 'b/3.png': plain(3) }),
    await print(files, { classes: ['b', 'a'] }),
    await print(files, { range: [0, 2] }),
    await print(files, { mean: [0.5] }),
    await print(files, { std: [0.5] }),
    await print(files, { resize: 3 }),
    await print(files, { crop: 3 }),
    await print(files, { colour: 'to-rgb' }),
    await print(files, { order: 'hash' }),
  ]
  expect(new Set(prints).size).toBe(prints.length)
})

const jpeg = picture('rgb-420.jpg')
const png = picture('rgb.png')
/** With the frame's height and width set to 65,535. */
const vast = jpeg.slice()
const frame = vast.findIndex((byte, i) => byte === 0xff && vast[i + 1] === 0xc0)
vast.fill(0xff, frame + 5, frame + 9)
/** Data of 4 x 4 that unpack to 64 MB. */
const bomb = Uint8Array.from([...plain(0).subarray(0, 33), ...chunk('IDAT', deflateSync(new Uint8Array(2 ** 26))), ...chunk('IEND', new Uint8Array(0))])

function chunk(type: string, data: Uint8Array): Uint8Array {
  const content = Uint8Array.from([...Buffer.from(type, 'latin1'), ...data])
  const bytes = new Uint8Array(content.length + 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(content, 4)
  view.setUint32(content.length + 4, crc32(content))
  return bytes
}

test.each([
  ['an empty file', 'x.jpg', new Uint8Array(0), 'an empty file'],
  ['text', 'x.png', Buffer.from('<html>'), 'a file that begins with 3c 68 74 6d'],
  ['CMYK', 'x.jpg', bytesOf(fixture.refused['cmyk.jpg']), 'a JPEG in CMYK'],
  ['a JPEG cut in its header', 'x.jpg', jpeg.subarray(0, 100), 'a JPEG that is cut short'],
  ['a vast JPEG', 'x.jpg', vast, 'one of 65535 x 65535 pixels, more than the 33554432 that are read'],
  ['a vast PNG', 'x.png', Uint8Array.from(png, (byte, i) => (i === 16 || i === 20 ? 127 : byte)), 'one of 2130706445 x 2130706443 pixels, more than the 33554432 that are read'],
  ['a PNG of 1 bit', 'x.png', bytesOf(fixture.refused['bits.png']), 'a PNG of 1 bits per value'],
  ['an interlaced PNG of few bits', 'x.png', picture('palette.png').map((byte, i) => (i === 28 ? 1 : byte)), 'an interlaced PNG of 4 bits per value'],
  ['a PNG cut in its header', 'x.png', png.subarray(0, 20), 'a PNG that is cut short'],
])('%s is refused when the dataset is opened', async (_what, name, bytes, found) => {
  expect(await mistake(await folderWith({ [`a/${name}`]: bytes }))).toBe(`FOLDER/a/${name}: ${usable} ${found}: ${again}`)
})

test.each([
  ['a JPEG cut in its data', 'x.jpg', jpeg.subarray(0, -40), 'a damaged JPEG (Premature end of JPEG file)'],
  ['a PNG cut in its data', 'x.png', png.subarray(0, -40), 'a PNG that is cut short'],
  ['a PNG with a wrong byte', 'x.png', png.map((byte, i) => (i === png.length - 30 ? byte ^ 1 : byte)), 'a damaged PNG (chunk IDAT does not fit its checksum)'],
  ['a PNG that unpacks to more than it says', 'x.png', bomb, 'a damaged PNG (Cannot create a Buffer larger than 20 bytes)'],
  ['transparent pixels', 'x.png', bytesOf(fixture.refused['transparent.png']), 'a PNG with transparent pixels'],
])('%s is refused when it is decoded, and the next picture is not harmed', async (_what, name, bytes, found) => {
  const folder = await folderWith({ [`a/${name}`]: bytes, 'b/whole.jpg': jpeg })
  const dataset = await open(folder, { resize: [11, 13], colour: 'to-rgb' })
  const [first, second] = await Promise.allSettled([dataset.example(0), dataset.example(1)])
  expect(await mistakeIn(Promise.reject((first as PromiseRejectedResult).reason as Error), folder)).toBe(`FOLDER/a/${name}: ${usable} ${found}: ${again}`)
  expect((second as PromiseFulfilledResult<{ readonly input: Float32Array }>).value.input).toEqual(Float32Array.from(fixture.pictures['rgb-420.jpg'].pixels, (value) => value / 255))
})

test('a JPEG that libjpeg gives up is refused, and the next picture is decoded all the same', async () => {
  const damaged = jpeg.slice()
  damaged.fill(0xff, damaged.length - 60, damaged.length - 50)
  const folder = await folderWith({ 'a.jpg': damaged, 'b.jpg': jpeg })
  const dataset = await open(folder)
  expect(await mistakeIn(dataset.example(0), folder)).toBe(`FOLDER/a.jpg: ${usable} a JPEG that cannot be decoded (Corrupt JPEG data: premature end of data segment): ${again}`)
  expect((await dataset.example(1)).input[0]).toBe(Math.fround(fixture.pictures['rgb-420.jpg'].pixels[0]! / 255))
})

test('whatever bytes of a picture are wrong or missing, it is decoded or refused as the user\'s mistake', async () => {
  const folder = await folderWith({})
  const file = join(folder, 'a.png')
  const damages = fc.array(fc.record({ at: fc.nat({ max: 999 }), byte: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.values(fixture.pictures)), damages, fc.integer({ min: 0, max: 1999 }), async (whole, wrong, kept) => {
      const bytes = bytesOf(whole.file)
      for (const { at, byte } of wrong) bytes[at % bytes.length] = byte
      await writeFile(file, bytes.subarray(0, kept))
      const outcome: unknown = await open(folder, { colour: 'to-rgb' }).then((dataset) => dataset.example(0)).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toSatisfy(isUserError)
      else expect(outcome).toMatchObject({ id: 'a.png' })
    }),
    { numRuns: 150 },
  )
})

const two = { 'a/1.png': plain(1), 'b/2.png': plain(2) }
test.each([
  ['no picture at all', { 'notes.txt': '' }, {}, 'FOLDER: expected pictures (.jpg, .jpeg, .png) in it or in a folder per class, found none: set options.folder to the folder above the classes'],
  ['an empty class', { ...two, 'c/notes.txt': '' }, {}, 'FOLDER: expected pictures (.jpg, .jpeg, .png) in the folder of every class, found none in "c": add some, or remove the folder'],
  ['a picture beside the classes', { ...two, '3.png': plain(3) }, {}, 'FOLDER: expected each picture in the folder of its class, found 1 beside the folders, such as 3.png: move them, or label all by labels.csv'],
  ['one picture in two classes', { ...two, 'b/3.png': plain(1) }, {}, 'FOLDER/b/3.png: expected one label for a picture, found "b", and "a" for the same bytes in FOLDER/a/1.png: remove one of the two'],
  ['a class that is not told', two, { classes: ['a', 'c'] }, 'FOLDER: expected the classes of options.classes, found "b" too: add it there, or remove its pictures'],
  ['a told class without pictures', two, { classes: ['a', 'b', 'c'] }, 'FOLDER: expected pictures of every class of options.classes, found none of "c": add some, or remove it from options.classes'],
  ['pictures of two sizes', { ...two, 'b/3.png': plain(3, 5) }, {}, 'FOLDER/b/3.png: expected 4 x 4 pixels (height x width) as in FOLDER/a/1.png, found 5 x 5: set options.resize and options.crop'],
  ['a crop larger than the picture', { 'a/1.png': plain(1) }, { crop: 5 }, 'FOLDER/a/1.png: expected at least 5 x 5 pixels (height x width) to crop, found 4 x 4: set options.resize, or crop less'],
  ['an enormous size', { 'a/1.png': plain(1) }, { resize: 10000 }, 'FOLDER/a/1.png: expected at most 33554432 pixels, found 10000 x 10000 after options.resize: choose a smaller size'],
  ['a split without examples', { 'a/1.png': plain(1) }, { split: 'test', testShare: 1e-9 }, 'FOLDER: expected examples to test, found none among 1: change options.testShare'],
  ['labels.csv without names', { 'labels.csv': '1.png,cat\n', '1.png': plain(1) }, {}, 'FOLDER/labels.csv, line 1: expected the columns file (or filename, path, image) and label (or class, classid), found "1.png", "cat": name the columns in the first line'],
  ['labels.csv with a missing file', { 'labels.csv': 'file,label\n1.png,cat\n2.png,dog\n', '1.png': plain(1) }, {}, 'FOLDER/labels.csv, line 3: expected a file at FOLDER/2.png, found nothing: correct the line, or put the file there'],
  ['labels.csv with two labels for a file', { 'labels.csv': 'file,label\n1.png,cat\n./1.png,dog\n', '1.png': plain(1) }, {}, 'FOLDER/labels.csv, line 3: expected each file once, found "1.png" with label "dog", and in line 2 with "cat": keep one of the two'],
  ['labels.csv that leads out', { 'labels.csv': 'file,label\n../1.png,cat\n' }, {}, 'FOLDER/labels.csv, line 2: expected a path inside the folder, found "../1.png": give it from the folder of labels.csv on'],
  ['labels.csv with half a line', { 'labels.csv': 'file,label\n1.png\n', '1.png': plain(1) }, {}, 'FOLDER/labels.csv, line 2: expected a file and its label, found "1.png": complete or remove the line'],
  ['labels.csv without lines', { 'labels.csv': 'file,label\n' }, {}, 'FOLDER/labels.csv: expected a line per file, found none but the first: add the files and their labels'],
])('%s: one error with the place, what was expected, what was found and what to do', async (_what, files: Readonly<Record<string, Uint8Array | string>>, options, message) => {
  expect(await mistake(await folderWith(files), { colour: 'grey', ...options })).toBe(message)
})

test('many faults are told together', async () => {
  const files = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`a/${i}.png`, 'text']))
  const lines = (await mistake(await folderWith({ ...files, 'a/good.png': plain(1) }), { colour: 'grey' })).split('\n')
  expect(lines[0]).toBe('FOLDER: 7 of 8 pictures cannot be used')
  expect(lines[1]).toContain('FOLDER/a/0.png: expected a whole')
  expect(lines.slice(5)).toEqual([expect.stringContaining('FOLDER/a/4.png'), '  ... and 2 more'])
})

test('links that lead out of the folder, a folder that is none, and a picture that changes', async () => {
  const outside = await folderWith({ 'secret.png': plain(9) })
  const folder = await folderWith({ 'a/1.png': plain(1) })
  await symlink(join(outside, 'secret.png'), join(folder, 'a/2.png'))
  expect((await mistake(folder, { colour: 'grey' })).replaceAll(outside, 'OUTSIDE')).toBe('FOLDER/a/2.png: expected a file inside FOLDER, found a link to OUTSIDE/secret.png: put a copy there')
  const linked = await folderWith({ 'labels.csv': 'file,label\nsub/secret.png,a\n' })
  await symlink(outside, join(linked, 'sub'))
  expect((await mistake(linked, { colour: 'grey' })).replaceAll(outside, 'OUTSIDE')).toBe('FOLDER/sub/secret.png: expected a file inside FOLDER, found a link to OUTSIDE/secret.png: put a copy there')
  const named = await folderWith({ 'a/1.png': plain(1) })
  await symlink(outside, join(named, 'b'))
  expect(await mistake(named, { colour: 'grey' })).toBe('FOLDER/b: expected a folder, found a link to one: put a copy there')
  expect(await mistake(join(folder, 'none'))).toContain('found nothing: set options.folder to the folder of the pictures')
  const changing = await folderWith({ 'a/1.png': plain(1) })
  const dataset = await open(changing, { colour: 'grey' })
  await writeFile(join(changing, 'a/1.png'), plain(2))
  expect(await mistakeIn(dataset.example(0), changing)).toBe('FOLDER/a/1.png: expected the picture as it was when the dataset was opened, found other bytes: leave the folder as it is while it is in use')
  await mkdir(join(changing, 'b/2.png'), { recursive: true })
  expect(await mistake(changing, { colour: 'grey' })).toContain('found none in "b"')
  for (const index of [-1, 1, 0.5]) await expect(dataset.example(index)).rejects.toThrow(`image-folder has examples 0 to 0, not ${index}`)
})

test.each([
  [{ range: [1, 0] }, 'dataset.options.range: expected low below high'],
  [{ mean: [0.5] }, 'dataset.options.mean: expected 3 numbers, one per channel, found 1'],
  [{ std: [1, 0, 1] }, 'dataset.options.std[1]'],
  [{ colour: 'grey', std: [1, 1, 1] }, 'dataset.options.std: expected 1 number, one per channel, found 3'],
  [{ resize: 0 }, 'dataset.options.resize'],
  [{ crop: [1, 2, 3] }, 'dataset.options.crop: expected a length in pixels, or [height, width]'],
  [{ testShare: 1 }, 'dataset.options.testShare: expected a share below 1'],
  [{ split: 'validation' }, 'dataset.options.split: expected "all", "train" or "test", found "validation"'],
])('options are checked: %j', async (options, problem) => {
  await expect(open('/', options)).rejects.toThrow(problem.replace('[1]', '.1'))
})
