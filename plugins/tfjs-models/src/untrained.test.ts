import { Host, type Model } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import { expect, test } from 'vitest'
import plugin from './index.js'

const host = new Host([plugin])
const scope = host.open()

async function untrained(options: object): Promise<Model> {
  const resolver = host.resolver()
  const resolved = resolver.resolve('model', { use: 'untrained', options }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  // A scope gives one instance for equal options.
  return scope.create({ ...resolved, kind: 'model' })
}

test.each([['digits', 56_714, [28, 28, 1], 10], ['mnist-rar', 3_274_634, [28, 28, 1], 10], ['pictures', 113_738, [32, 32, 3], 10], ['pictures-norm', 246_314, [32, 32, 3], 10], ['radiographs', 245_491, [224, 224, 1], 3], ['gtsrb-rar', 173_723, [32, 32, 3], 43], ['flower-rar', 75_265, [128, 128, 3], 17]])('%s has the parameters that it should, the same for the same seed', async (architecture, parameters, inputShape, classCount) => {
  const model = await untrained({ architecture, seed: 1 })
  expect(model).toMatchObject({ inputShape, classCount, outputs: 'logits' })
  expect(networkOf(model).weights.reduce((sum, { tensor }) => sum + tensor.size, 0)).toBe(parameters)
  await using other = host.open()
  const again = await other.create({ ...host.resolver().resolve('model', { use: 'untrained', options: { architecture, seed: 1 } }, [])!, kind: 'model' })
  expect(again.fingerprint).toBe(model.fingerprint)
  expect((await untrained({ architecture, seed: 2 })).fingerprint).not.toBe(model.fingerprint)
})

/** The residual network in plain numbers: arrays of [row][column][channel]. */
type Image = readonly (readonly (readonly number[])[])[]
const mapImage = (image: Image, of: (value: number, channel: number, y: number, x: number) => number): Image => image.map((row, y) => row.map((pixel, x) => pixel.map((value, channel) => of(value, channel, y, x))))
const bent = (image: Image): Image => mapImage(image, (value) => (value > 0 ? value : 0.1 * value))
const padded = (size: number, stride: number): number => Math.floor(Math.max((Math.ceil(size / stride) - 1) * stride + 3 - size, 0) / 2)
function convolved(image: Image, kernel: Float32Array, filters: number, stride: number): Image {
  const [size, depth] = [image.length, image[0]![0]!.length]
  const before = padded(size, stride)
  return Array.from({ length: size / stride }, (_, y) =>
    Array.from({ length: size / stride }, (_, x) => {
      const sums = new Array<number>(filters).fill(0)
      for (let dy = 0; dy < 3; dy++)
        for (let dx = 0; dx < 3; dx++) image[y * stride + dy - before]?.[x * stride + dx - before]?.forEach((value, channel) => sums.forEach((_, f) => (sums[f]! += value * kernel[((dy * 3 + dx) * depth + channel) * filters + f]!)))
      return sums
    }),
  )
}

test('gtsrb-rar computes what is written of it, whatever the range of its images, each row for itself', async () => {
  const model = await untrained({ architecture: 'gtsrb-rar', seed: 3 })
  const kernels = networkOf(model).weights.map(({ tensor }) => tensor.dataSync<'float32'>())
  const data = Float32Array.from({ length: 2 * 3072 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.37) * Math.cos(i * 0.011))
  const both = await model.predict({ shape: [2, 32, 32, 3], data })
  expect((await model.predict({ shape: [1, 32, 32, 3], data: data.slice(3072) })).data).toEqual(both.data.slice(43))
  const larger = await model.predict({ shape: [2, 32, 32, 3], data: data.map((value) => 255 * value) })
  larger.data.forEach((value, i) => expect(value).toBeCloseTo(both.data[i]!, 3))

  const first = [...data.subarray(0, 3072)]
  const mean = first.reduce((a, b) => a + b) / 3072
  const deviation = Math.sqrt(first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3072)
  const image: Image = Array.from({ length: 32 }, (_, y) => Array.from({ length: 32 }, (_, x) => [0, 1, 2].map((channel) => (first[(y * 32 + x) * 3 + channel]! - mean) / deviation)))
  let layer = 0
  let x = convolved(image, kernels[layer++]!, 16, 1)
  for (const [stage, filters] of [16, 32, 64].entries())
    for (let unit = 0; unit < 2; unit++) {
      const stride = stage > 0 && unit === 0 ? 2 : 1
      const start = stage === 0 && unit === 0 ? bent(x) : x
      const changed = convolved(bent(convolved(bent(x), kernels[layer++]!, filters, stride)), kernels[layer++]!, filters, 1)
      const added = (filters - start[0]![0]!.length) / 2
      x = mapImage(changed, (value, channel, row, column) => {
        const from = channel - added
        if (stride === 1) return value + start[row]![column]![channel]!
        const of = [0, 1].flatMap((dy) => [0, 1].map((dx) => start[2 * row + dy]![2 * column + dx]![from] ?? 0))
        return value + of.reduce((a, b) => a + b) / 4
      })
    }
  const means = Array.from({ length: 64 }, (_, channel) => bent(x).flat().reduce((sum, pixel) => sum + pixel[channel]!, 0) / 64)
  const [dense, bias] = [kernels[layer]!, kernels[layer + 1]!]
  for (let c = 0; c < 43; c++) expect(both.data[c]).toBeCloseTo(means.reduce((sum, value, i) => sum + value * dense[i * 43 + c]!, bias[c]!), 4)
})

test('an architecture that is not there', async () => {
  await expect(untrained({ architecture: 'resnet' })).rejects.toThrow('expected "digits", "mnist-rar", "pictures", "pictures-norm", "radiographs", "vgg16-averages", "gtsrb-rar" or "flower-rar"')
})
