import { resolve } from 'node:path'
import { Base, defineExtension, hash, option, readNpy, sizeOf, suggestion, UserError, type Dataset, type NpyArray } from '@touchstone/core'
import * as z from 'zod/mini'
import { checkIndex, readFound, sha256 } from './files.js'
import { rangeSchema } from './options.js'
import { readZip } from './zip.js'

/** Part of the fingerprint: changes where the same bytes are read in another way. */
const reading = 'npz, uint8 over the range, floats as they are'

/**
 * `npz`: examples from arrays in a NumPy archive, as numpy.savez and numpy.savez_compressed write them. The first axis of the inputs counts examples.
 *
 * Bytes (uint8) are spread over `range`: low + byte / 255 (high - low). Floats are taken as they are and must lie in `range`. The file stays in memory, once for all
 * threads; what is compressed in it is unpacked. Ids are the numbers of rows, as in `00042`.
 */
export const npz = defineExtension({
  kind: 'dataset',
  name: 'npz',
  summary: 'Arrays of a NumPy archive: inputs and, perhaps, labels',
  traits: { formats: ['npz of uint8, float32 or float64 inputs and whole-number labels'] },
  options: {
    file: option(z.string('expected a path'), { summary: 'the .npz file, from the base folder' }),
    inputs: option(z.string('expected the name of an array'), { summary: 'the array of inputs, its first axis counting examples', default: 'x' }),
    labels: option(z.optional(z.string('expected the name of an array')), { summary: 'the array of labels, whole numbers from 0 on; examples have none unless told' }),
    shape: option(z.optional(z.array(z.int().check(z.positive()), 'expected a list of lengths').check(z.minLength(1))), {
      summary: "the shape of one input where it differs from the array's in axes of length 1, as [28, 28, 1] for an array of [60000, 28, 28]",
    }),
    range: option(rangeSchema, { summary: 'what uint8 values are spread over, and what floats lie in, as [low, high]', default: [0, 1] }),
  },
  services: { base: Base },
  create: async ({ file, inputs: inputName, labels: labelName, shape, range: [low, high] }, { base }): Promise<Dataset> => {
    const { path, bytes } = await readFound(resolve(base.path, file), base)
    const entries = readZip(bytes, path)
    const arrayBytes = (name: string, key: string): Uint8Array => {
      const names = entries.map((entry) => entry.name.replace(/\.npy$/, ''))
      const entry = entries[names.indexOf(name)]
      if (!entry) throw new UserError(`${path}: expected an array "${name}" (options.${key}), found none${suggestion(name, names)}`)
      return entry.read()
    }
    const inputBytes = arrayBytes(inputName, 'inputs')
    const inputs = readNpy(inputBytes, `${path}, array "${inputName}"`)
    const [size, ...lengths] = inputs.shape
    if (size === undefined || size === 0 || lengths.length === 0 || sizeOf(lengths) === 0) throw new UserError(`${path}, array "${inputName}": expected one or more inputs along the first axis, found shape [${inputs.shape.join(', ')}]: set options.inputs to the array of inputs`)
    const inputShape = shape ?? lengths
    if (inputShape.filter((length) => length > 1).join() !== lengths.filter((length) => length > 1).join()) {
      throw new UserError(`${path}, array "${inputName}": expected inputs that options.shape [${inputShape.join(', ')}] fits but for axes of length 1, found [${lengths.join(', ')}]: correct options.shape`)
    }
    const labelBytes = labelName === undefined ? undefined : arrayBytes(labelName, 'labels')
    const labels = labelBytes && readLabels(readNpy(labelBytes, `${path}, array "${labelName!}"`), size, `${path}, array "${labelName!}"`)
    const valueAt = valuesOf(inputs, { low, high }, `${path}, array "${inputName}"`)
    const valuesPerInput = sizeOf(inputShape)
    return {
      files: [path],
      inputShape,
      size,
      // By the sum that makes the values, so that none leaves the range by rounding.
      range: { low: Math.fround(low), high: Math.fround(inputs.type === 'uint8' ? low + (high - low) : high) },
      fingerprint: hash('@touchstone/datasets:npz', reading, JSON.stringify({ inputShape, low, high }), sha256(inputBytes), labelBytes ? sha256(labelBytes) : 'none'),
      example: async (index) => {
        checkIndex(index, size, 'npz')
        const input = Float32Array.from({ length: valuesPerInput }, (_, i) => valueAt(index * valuesPerInput + i))
        return Promise.resolve({ id: String(index).padStart(5, '0'), input, ...(labels && { label: labels[index]! }) })
      },
    }
  },
})

/** How values become inputs. @throws UserError for another type, or for floats outside the range. */
function valuesOf({ type, shape, at }: NpyArray, { low, high }: Dataset['range'], what: string): (index: number) => number {
  if (type === 'uint8') return (index) => low + (at(index) / 255) * (high - low)
  if (type !== 'float32' && type !== 'float64') throw new UserError(`${what}: expected inputs of uint8, float32 or float64, found ${type}: convert them by astype`)
  const count = sizeOf(shape)
  let [least, most] = [Infinity, -Infinity]
  for (let index = 0; index < count; index++) {
    const value = at(index)
    if (!Number.isFinite(value)) throw new UserError(`${what}: expected numbers, found ${value} in input ${Math.floor(index / (count / shape[0]!))}: remove it`)
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (least < low || most > high) throw new UserError(`${what}: expected values in options.range, [${low}, ${high}], found some from ${least} to ${most}: set options.range to what they can be`)
  return at
}

function readLabels({ type, shape, at }: NpyArray, count: number, what: string): readonly number[] {
  if (shape[0] !== count || sizeOf(shape) !== count) throw new UserError(`${what}: expected as many labels as there are inputs, ${count}, found shape [${shape.join(', ')}]: set options.labels to the array of labels`)
  return Array.from({ length: count }, (_, index) => {
    const label = at(index)
    if (!Number.isSafeInteger(label) || label < 0) throw new UserError(`${what}: expected whole numbers from 0 on, found ${label} (${type}) as label ${index}: set options.labels to the array of labels`)
    return label
  })
}
