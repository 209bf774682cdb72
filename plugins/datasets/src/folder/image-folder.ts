import { Base, defineExtension, hash, option, UserError, type Dataset } from '@touchstone/core'
import * as z from 'zod/mini'
import { checkIndex, folderAt, sha256 } from '../files.js'
import { folderOption, rangeSchema } from '../options.js'
import { decodePicture } from '../pictures/picture.js'
import { prepare, preparedSize, type Preparation } from '../pictures/prepare.js'
import { classesOf } from './classes.js'
import { listExamples } from './list-examples.js'
import { readPictureFile, readPictures, type KnownPicture } from './read-pictures.js'
import { splitOf } from './split.js'

/** Part of the fingerprint: changes where the same bytes are read in another way. */
const reading = 'libjpeg slow integer DCT with smooth upsampling, triangle filter, BT.601 grey'

const lengthSchema = z.int('expected a length in pixels, or [height, width]').check(z.gte(1, 'expected at least 1'), z.lte(2 ** 14, `expected at most ${2 ** 14}`))
const sizeSchema = z.optional(z.union([lengthSchema, z.tuple([lengthSchema, lengthSchema])], 'expected a length in pixels, or [height, width]'))
const numbersSchema = (least: number, what: string) => z.optional(z.array(z.number().check(z.gt(least)), what).check(z.minLength(1)))

/** How values of [0, 1] become those of inputs. */
interface Values {
  readonly range: readonly [low: number, high: number]
  readonly mean: readonly number[] | undefined
  readonly std: readonly number[] | undefined
}

/**
 * `image-folder`: JPEG and PNG pictures of a folder, of classes by `labels.csv` where the folder has one, or else by the folders in it. Inputs are
 * `[height, width, 3]`, or `[height, width, 1]` for grey.
 *
 * A picture is turned grey (BT.601) where asked for, resized, cropped in the middle, spread over `range`, and then normalised: (value - mean) / std per channel. Every file is
 * read once when the dataset is opened, for its header and its hash, so that what does not fit is told before any work; it is decoded when its example is asked for, and
 * refused should it have changed since. Ids are paths from the folder.
 */
export const imageFolder = defineExtension({
  kind: 'dataset',
  name: 'image-folder',
  summary: 'JPEG and PNG pictures in a folder per class, or named with their classes in labels.csv',
  traits: { formats: ['JPEG and PNG in RGB or grey'] },
  options: {
    folder: folderOption('the folder of labels.csv or of a folder per class, from the base folder'),
    classes: option(z.optional(z.array(z.string('expected names'), 'expected a list of names').check(z.minLength(1))), {
      summary: "the classes' names in order of the model's outputs; by default whole numbers count as they are, and other names are taken in order of their characters",
    }),
    resize: option(sizeSchema, { summary: 'the length of the shorter side, the other in proportion; or [height, width]', unit: 'pixels' }),
    crop: option(sizeSchema, { summary: 'how much of the middle is taken, after resizing: a side, or [height, width]', unit: 'pixels' }),
    colour: option(z.enum(['rgb', 'grey', 'to-rgb'], 'expected "rgb", "grey" or "to-rgb"'), {
      summary: 'rgb: colour pictures, grey ones are refused; to-rgb: grey ones among them get three equal channels; grey: all are turned grey',
      default: 'rgb',
    }),
    range: option(rangeSchema, { summary: 'what black and white become, as [low, high]', default: [0, 1] }),
    mean: option(numbersSchema(-Infinity, 'expected a number per channel'), { summary: 'taken off each channel, in the units of range' }),
    std: option(numbersSchema(0, 'expected a number above 0 per channel'), { summary: 'each channel is divided by it, after mean is taken off' }),
    split: option(z.enum(['all', 'train', 'test'], 'expected "all", "train" or "test"'), { summary: "which examples: all, or one of two parts by the hashes of the files' bytes", default: 'all' }),
    order: option(z.enum(['path', 'hash'], 'expected "path" or "hash"'), { summary: "of the examples: path, class after class; hash, by the files' bytes, which mixes the classes", default: 'path' }),
    testShare: option(z.number('expected a share').check(z.gt(0, 'expected a share above 0'), z.lt(1, 'expected a share below 1')), { summary: 'the share of the examples that are test, about', default: 0.2 }),
  },
  services: { base: Base },
  check: ({ colour, mean, std }) => {
    const channels = colour === 'grey' ? 1 : 3
    return (['mean', 'std'] as const).flatMap((name) => {
      const found = ({ mean, std }[name] as readonly number[] | undefined)?.length ?? channels
      return found === channels ? [] : [{ option: name, message: `expected ${channels} ${channels === 1 ? 'number' : 'numbers'}, one per channel, found ${found}` }]
    })
  },
  create: async ({ folder: named, classes, resize, crop, colour, range, mean, std, split, order, testShare }, { base }): Promise<Dataset> => {
    const folder = await folderAt(named, base, 'image-folder', 'the pictures')
    const listed = await listExamples(folder)
    const classNames = classesOf(listed, classes, folder)
    const preparation: Preparation = { resize, crop, colour }
    const all = await readPictures(folder, listed, sameShapeAs(preparation))
    const part = split === 'all' ? all : all.filter((picture) => splitOf(picture.sha256, testShare) === split)
    // Copies of a picture stay in order of their paths.
    const pictures = order === 'path' ? part : part.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : Number(a.sha256 > b.sha256)))
    if (pictures.length === 0) throw new UserError(`${folder}: expected examples to ${split}, found none among ${all.length}: change options.testShare`)

    const [height, width] = preparedSize(pictures[0]!.header, preparation, pictures[0]!.path)
    const channels = colour === 'grey' ? 1 : 3
    const values: Values = { range, mean, std }
    const toValue = Array.from({ length: channels }, (_, channel) => valueOf(values, channel))
    const labelOf = classNames && new Map(classNames.map((name, index) => [name, index]))
    const content = pictures.map(({ id, label, sha256 }) => [id, label ?? null, sha256])
    return {
      inputShape: [height, width, channels],
      size: pictures.length,
      range: { low: Math.min(...toValue.map((of) => of(0))), high: Math.max(...toValue.map((of) => of(1))) },
      ...(classNames && { classNames }),
      fingerprint: hash('@touchstone/datasets:image-folder', reading, JSON.stringify({ preparation, values, classNames }), sha256(Buffer.from(JSON.stringify(content)))),
      example: async (index) => {
        checkIndex(index, pictures.length, 'image-folder')
        const { id, path, label, sha256: known } = pictures[index]!
        const bytes = await readPictureFile(path)
        if (sha256(bytes) !== known) throw new UserError(`${path}: expected the picture as it was when the dataset was opened, found other bytes: leave the folder as it is while it is in use`)
        const { data } = prepare(await decodePicture(bytes, path), preparation, path)
        return { id, input: data.map((value, i) => toValue[i % channels]!(value)), ...(label !== undefined && labelOf && { label: labelOf.get(label)! }) }
      },
    }
  },
})

/** Refuses a picture of another shape than the first that it is asked about. */
function sameShapeAs(preparation: Preparation): (picture: KnownPicture) => void {
  let first: { readonly path: string; readonly size: readonly [number, number] } | undefined
  return ({ path, header }) => {
    if (preparation.colour === 'rgb' && header.channels === 1) throw new UserError(`${path}: expected a picture in RGB, found one in grey: set options.colour to "to-rgb", or to "grey" for all`)
    const size = preparedSize(header, preparation, path)
    first ??= { path, size }
    if (size[0] !== first.size[0] || size[1] !== first.size[1]) {
      throw new UserError(`${path}: expected ${first.size.join(' x ')} pixels (height x width) as in ${first.path}, found ${size.join(' x ')}: set options.resize and options.crop`)
    }
  }
}

/** Float32 all along, so that no value leaves the range by rounding. */
function valueOf({ range: [low, high], mean, std }: Values, channel: number): (value: number) => number {
  const [offset, scale] = [mean?.[channel] ?? 0, std?.[channel] ?? 1]
  return (value) => Math.fround((low + value * (high - low) - offset) / scale)
}
