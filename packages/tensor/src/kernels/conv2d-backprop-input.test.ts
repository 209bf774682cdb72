import { conv2d, mul, sum, tidy } from '#tfjs/core'
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, gradient, runOn, slopes } from '../testing/checks.js'
import { convolutionCases, convolve, outputShape } from '../testing/convolutions.js'
import type { Padding } from '../testing/convolutions.js'
import { indexed, samePadding, walk } from '../testing/reference.js'
import { randomValues, toTensor } from '../testing/values.js'

beforeAll(() => openEngine())

/** The input gradient of a convolution, with an upstream gradient that differs from pixel to pixel. */
const inputGradient = (strides: number, pad: Padding) => (x: Tensor4D, filter: Tensor4D, upstream: Tensor4D) =>
  gradient((at) => sum(mul(convolve(at, filter, strides, pad), upstream)))(x)

describe('the input gradient of a convolution', () => {
  it.each(convolutionCases)('$name', async ({ x, filter, strides, pad }) => {
    const upstream = randomValues(outputShape(x, filter, strides, pad), 3)
    await expectSameAsCpu([randomValues(x, 1), randomValues(filter, 2), upstream], inputGradient(strides, pad))
  })

  it.each([[3, 1], [3, 2], [3, 4], [2, 3], [1, 2], [5, 2]] as const)(
    "filter %i, stride %i, 'same': as defined", async (size, stride) => {
      const [height, width] = [9, 12]
      const vertical = samePadding(height, size, stride)
      const horizontal = samePadding(width, size, stride)
      const filter = randomValues([size, size, 2, 3], 2)
      const upstream = randomValues([2, vertical.outputs, horizontal.outputs, 3], 3)
      const expected = { shape: [2, height, width, 2], data: new Float64Array(2 * height * width * 2) }
      const [weights, dy, dx] = [indexed(filter), indexed(upstream), indexed(expected)]
      const window = { size: [size, size], stride, pads: [vertical.before, horizontal.before] } as const
      walk([height, width], [vertical.outputs, horizontal.outputs], window, (output, tap, input) => {
        for (let row = 0; row < 2; row++) {
          for (let channel = 0; channel < 2; channel++) {
            for (let o = 0; o < 3; o++) dx.add(dy.get(row, ...output, o) * weights.get(...tap, channel, o), row, ...input, channel)
          }
        }
      })
      expectClose(await runOn('engine', [randomValues(expected.shape, 1), filter, upstream], inputGradient(stride, 'same')), expected.data)
    })

  it('agrees with finite differences', async () => {
    const [x, filter, upstream] = [randomValues([1, 5, 4, 2], 1), randomValues([3, 3, 2, 3], 2), randomValues([1, 3, 2, 3], 3)]
    const score = (data: Float32Array) => tidy(() => {
      const images = convolve(toTensor({ shape: x.shape, data }), toTensor(filter), 2, 'same')
      return sum(mul(images, toTensor(upstream))).dataSync()[0]!
    })
    expectClose(await runOn('engine', [x, filter, upstream], inputGradient(2, 'same')), slopes(score, x.data), 1e-4)
  })

  it('with pads wider than the filter', async () => {
    // Pixels of the output that see nothing but padding get a gradient, which goes nowhere.
    await expectSameAsCpu([randomValues([2, 4, 5, 2], 1), randomValues([2, 2, 2, 3], 2), randomValues([2, 9, 10, 3], 3)], inputGradient(1, 3))
    await expectSameAsCpu([randomValues([2, 4, 5, 2], 1), randomValues([2, 2, 2, 3], 2), randomValues([2, 5, 5, 3], 3)], inputGradient(2, 3))
  })

  it('of a single image without a row axis', async () => {
    const compute = (x: Tensor4D, filter: Tensor4D) => gradient((at) => sum(conv2d(at as Tensor as Tensor3D, filter, 1, 'same')))(x)
    await expectSameAsCpu([randomValues([5, 5, 2], 1), randomValues([3, 3, 2, 3], 2)], compute)
  })

  it('leaves nothing behind', async () => {
    for (const strides of [1, 2]) {
      const upstream = randomValues(outputShape([2, 6, 6, 3], [3, 3, 3, 4], strides, 'same'), 3)
      const inputs = [randomValues([2, 6, 6, 3], 1), randomValues([3, 3, 3, 4], 2), upstream]
      await expectNoLeak(inputs, inputGradient(strides, 'same'))
      const wide = [randomValues([2, 6, 6, 7], 1), randomValues([3, 3, 7, 4], 2), inputs[2]!]
      await expectNoLeak(wide, inputGradient(strides, 'same'))
    }
  })
})
