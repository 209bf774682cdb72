import { avgPool, conv2d, depthwiseConv2d, fused, maxPool } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu } from '../testing/checks.js'
import { indexed, samePadding, walk } from '../testing/reference.js'
import { randomValues } from '../testing/values.js'

/** Filter, stride and image sizes; in all but the last two the filter skips pixels at the border. */
const sizes = [[2, 3, 9, 9], [3, 4, 12, 12], [2, 4, 12, 9], [3, 4, 16, 11], [1, 2, 8, 8], [2, 3, 7, 9], [3, 2, 9, 8], [3, 1, 6, 5]] as const

beforeAll(() => openEngine())

describe.each(sizes)("padding 'same', filter %i, stride %i, over %i x %i", (size, stride, height, width) => {
  const x = randomValues([2, height, width, 4], 1)
  const filter = randomValues([size, size, 4, 5], 2)
  const perChannel = randomValues([size, size, 4, 1], 2)

  it('conv2d, also as defined', async () => {
    const vertical = samePadding(height, size, stride)
    const horizontal = samePadding(width, size, stride)
    const expected = { shape: [2, vertical.outputs, horizontal.outputs, 5], data: new Float64Array(2 * vertical.outputs * horizontal.outputs * 5) }
    const [images, weights, y] = [indexed(x), indexed(filter), indexed(expected)]
    const window = { size: [size, size], stride, pads: [vertical.before, horizontal.before] } as const
    walk([height, width], [vertical.outputs, horizontal.outputs], window, (output, tap, input) => {
      for (let row = 0; row < 2; row++) {
        for (let o = 0; o < 5; o++) {
          for (let channel = 0; channel < 4; channel++) y.add(images.get(row, ...input, channel) * weights.get(...tap, channel, o), row, ...output, o)
        }
      }
    })
    expectClose(await expectSameAsCpu([x, filter], (images, weights) => conv2d(images, weights, stride, 'same')), expected.data)
  })

  it('fused conv2d', async () => {
    await expectSameAsCpu([x, filter, randomValues([5], 3)], (images, weights, bias) =>
      fused.conv2d({ x: images, filter: weights, strides: stride, pad: 'same', bias, activation: 'relu' }))
  })

  it('depthwise', async () => {
    await expectSameAsCpu([x, perChannel], (images, weights) => depthwiseConv2d(images, weights, stride, 'same'))
  })

  it('fused depthwise', async () => {
    await expectSameAsCpu([x, perChannel], (images, weights) =>
      fused.depthwiseConv2d({ x: images, filter: weights, strides: stride, pad: 'same', activation: 'relu' }))
  })

  // tfjs's own, which have no such fault: a watch for the day when they get it.
  it('pooling', async () => {
    await expectSameAsCpu([x], (images) => maxPool(images, size, stride, 'same'))
    await expectSameAsCpu([x], (images) => avgPool(images, size, stride, 'same'))
  })
})

describe('convolutions', () => {
  it('leave nothing behind', async () => {
    const convolve = (images: Tensor4D, weights: Tensor4D) => conv2d(images, weights, 4, 'same')
    await expectNoLeak([randomValues([1, 12, 12, 2], 1), randomValues([3, 3, 2, 3], 2)], convolve)
  })
})
