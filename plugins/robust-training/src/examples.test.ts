import { createRandomness, type Dataset } from '@touchstone/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { augment, drawsPerImage, readerOf, type LabelledRows } from './examples.js'
import { patterns } from './toys.test.data.js'

const [height, width, channels] = [3, 4, 2]
const image: LabelledRows = { shape: [1, height, width, channels], data: Float32Array.from({ length: height * width * channels }, (_, i) => i), labels: [0] }
const at = ({ data }: LabelledRows, y: number, x: number, channel: number): number => data[(y * width + x) * channels + channel]!
/** The uniform number that stands for a shift. */
const drawOf = (by: number, shift: number): number => (by + shift + 0.5) / (2 * shift + 1)

test('images are moved by whole pixels and mirrored, with their edges repeated', () => {
  const whole = fc.integer({ min: -2, max: 2 })
  fc.assert(
    fc.property(whole, whole, fc.boolean(), (down, right, mirrored) => {
      const changed = augment(image, { shift: 2, flip: true }, Float64Array.of(drawOf(down, 2), drawOf(right, 2), mirrored ? 0.1 : 0.9))
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let channel = 0; channel < channels; channel++) {
            const from = (place: number, size: number): number => Math.min(Math.max(place, 0), size - 1)
            expect(at(changed, y, x, channel)).toBe(at(image, from(y - down, height), from((mirrored ? width - 1 - x : x) - right, width), channel))
          }
    }),
  )
})

test('shifts are equally likely, and images are left as they are where nothing is asked for', () => {
  const count = 3000
  const uniforms = createRandomness(1, 'shifts').uniforms('shifts', 0, drawsPerImage * count)
  const line: LabelledRows = { shape: [count, 5, 1, 1], data: Float32Array.from({ length: 5 * count }, (_, i) => i % 5), labels: [] }
  expect(augment(line, { shift: 0, flip: false }, uniforms)).toEqual(line)
  const middles = [0, 0, 0, 0, 0]
  const moved = augment(line, { shift: 2, flip: false }, uniforms).data
  for (let row = 0; row < count; row++) middles[moved[5 * row + 2]!]!++
  for (const often of middles) expect(Math.abs(often / count - 0.2)).toBeLessThan(0.03)
})

test('examples are read once where they fit in memory', async () => {
  const reads: number[] = []
  const counted = (dataset: Dataset): Dataset => ({ ...dataset, example: (index) => (reads.push(index), dataset.example(index)) })
  const read = readerOf(counted(patterns(9)), 3)
  const first = await read(Uint32Array.of(4, 1))
  expect(await read(Uint32Array.of(4, 1))).toEqual(first)
  expect(reads).toEqual([4, 1])
  // As if there were more of them than fit.
  const readAgain = readerOf(counted({ ...patterns(9), size: 2 ** 24 }), 3)
  await readAgain(Uint32Array.of(4))
  await readAgain(Uint32Array.of(4))
  expect(reads).toEqual([4, 1, 4, 4])
})
