import { mul, sum, tidy } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, gradient, runOn, slopes } from '../testing/checks.js'
import { convolutionCases, convolve, outputShape } from '../testing/convolutions.js'
import type { Padding } from '../testing/convolutions.js'
import { randomValues, toTensor } from '../testing/values.js'

const filterGradient = (strides: number, pad: Padding) => (x: Tensor4D, filter: Tensor4D, upstream: Tensor4D) =>
  gradient((at) => sum(mul(convolve(x, at, strides, pad), upstream)))(filter)

beforeAll(() => openEngine())

describe('the filter gradient of a convolution', () => {
  it.each(convolutionCases)('$name', async ({ x, filter, strides, pad }) => {
    const upstream = randomValues(outputShape(x, filter, strides, pad), 3)
    await expectSameAsCpu([randomValues(x, 1), randomValues(filter, 2), upstream], filterGradient(strides, pad))
  })

  it('over more pixels than are multiplied at once, and lines longer than that', async () => {
    for (const x of [[4, 20, 21, 2], [1, 2, 1100, 1]] as const) {
      const upstream = randomValues([...x.slice(0, 3), 3], 3)
      await expectSameAsCpu([randomValues(x, 1), randomValues([3, 3, x[3], 3], 2), upstream], filterGradient(1, 'same'))
    }
  })

  it('agrees with finite differences', async () => {
    const [x, filter, upstream] = [randomValues([2, 5, 6, 2], 1), randomValues([3, 2, 2, 3], 2), randomValues([2, 3, 3, 3], 3)]
    const score = (data: Float32Array) => tidy(() => {
      const images = convolve(toTensor(x), toTensor({ shape: filter.shape, data }), 2, 'same')
      return sum(mul(images, toTensor(upstream))).dataSync()[0]!
    })
    expectClose(await runOn('engine', [x, filter, upstream], filterGradient(2, 'same')), slopes(score, filter.data), 1e-4)
  })

  it('leaves nothing behind', async () => {
    await expectNoLeak([randomValues([4, 20, 20, 2], 1), randomValues([3, 3, 2, 3], 2), randomValues([4, 20, 20, 3], 3)], filterGradient(1, 'same'))
  })
})
