import { maxPool, mul, scalar, sub, sum, tidy } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, gradient, runOn, slopes } from '../testing/checks.js'
import { indexed, samePadding, walk } from '../testing/reference.js'
import { randomNumbers, randomValues, toTensor } from '../testing/values.js'
import type { Values } from '../testing/values.js'

type Shape = readonly [number, number, number, number]

const poolGradient = (size: number, stride: number, pad: 'same' | 'valid') => (x: Tensor4D, upstream: Tensor4D) =>
  gradient((at) => sum(mul(maxPool(at, size, stride, pad), upstream)))(x)

/** The gradient with padding 'same' as defined: to the first of the largest values of each window. */
function reference(x: Values, upstream: Values, size: number, stride: number): Float64Array {
  const [rows, height, width, channels] = x.shape as Shape
  const expected = { shape: x.shape, data: new Float64Array(x.data.length) }
  const [images, dy, dx] = [indexed(x), indexed(upstream), indexed(expected)]
  const vertical = samePadding(height, size, stride)
  const horizontal = samePadding(width, size, stride)
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const largest = new Map<string, [number, number]>()
      const window = { size: [size, size], stride, pads: [vertical.before, horizontal.before] } as const
      walk([height, width], [vertical.outputs, horizontal.outputs], window, (output, _, input) => {
        const best = largest.get(output.join())
        if (best === undefined || images.get(row, ...input, channel) > images.get(row, ...best, channel)) largest.set(output.join(), input)
      })
      for (const [output, input] of largest) {
        const [y, x] = output.split(',').map(Number) as [number, number]
        dx.add(dy.get(row, y, x, channel), row, ...input, channel)
      }
    }
  }
  return expected.data
}

beforeAll(() => openEngine())

describe.each([[2, 2], [3, 2], [3, 1], [2, 3], [3, 3]])('the gradient of max-pooling, window %i, stride %i', (size, stride) => {
  const shape: Shape = [2, 9, 8, 5]
  const upstream = randomValues([2, Math.ceil(9 / stride), Math.ceil(8 / stride), 5], 3)

  it.each([['values of both signs', 0], ['negative values only', 2]])('%s', async (_, shift) => {
    const x = randomValues(shape, 1)
    const shifted = { shape, data: x.data.map((value) => value - shift) }
    const actual = await expectSameAsCpu([shifted, upstream], poolGradient(size, stride, 'same'))
    expectClose(actual, reference(shifted, upstream, size, stride))
  })

  it('equal values: the first of them', async () => {
    const next = randomNumbers(5)
    const x = { shape, data: Float32Array.from({ length: 2 * 9 * 8 * 5 }, () => Math.floor(next() * 3) - 1) }
    const actual = await expectSameAsCpu([x, upstream], poolGradient(size, stride, 'same'))
    expectClose(actual, reference(x, upstream, size, stride))
  })

  it('without padding', async () => {
    const outputs = (inputs: number) => Math.floor((inputs - size) / stride) + 1
    const inputs = [randomValues(shape, 1), randomValues([2, outputs(9), outputs(8), 5], 3)]
    await expectSameAsCpu(inputs, poolGradient(size, stride, 'valid'))
  })
})

describe('the gradient of max-pooling', () => {
  it('agrees with finite differences', async () => {
    // Whole numbers, farther apart than the steps.
    const x = { shape: [1, 3, 3, 1], data: Float32Array.of(-5, -3, -8, -2, -9, -4, -7, -1, -6) }
    const score = (images: Tensor4D) => {
      const pooled = maxPool(images, 2, 1, 'valid')
      return sum(mul(pooled, pooled))
    }
    const expected = slopes((data) => tidy(() => score(toTensor({ shape: x.shape, data })).dataSync()[0]!), x.data, 0.25)
    expectClose(expected, [0, -6, 0, -4, 0, 0, 0, -4, 0])
    expectClose(await runOn('engine', [x], (images) => gradient(score)(images)), expected)
  })

  it('leaves nothing behind', async () => {
    const compute = (x: Tensor4D) => gradient((at) => sum(maxPool(sub(at, scalar(2)), 2, 2, 'same')))(x)
    await expectNoLeak([randomValues([2, 5, 5, 3])], compute)
  })
})
