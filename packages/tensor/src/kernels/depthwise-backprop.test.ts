import { depthwiseConv2d, engine, mul, sum, tidy } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, gradient, runOn, slopes } from '../testing/checks.js'
import type { Padding } from '../testing/convolutions.js'
import { randomValues, toTensor } from '../testing/values.js'

const convolve = (x: Tensor4D, filter: Tensor4D, strides: number, pad: Padding, dilations = 1) =>
  depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilations, typeof pad === 'number' ? 'floor' : undefined)

const cases = [1, 2, 3, 5].flatMap((size) => [1, 2, 3].flatMap((strides) =>
  (['same', 'valid', 1] as const).filter((pad) => pad !== 1 || size > 2).flatMap((pad) => [1, 2].map((perChannel) =>
    ({ size, strides, pad, perChannel, name: `filter ${size}, stride ${strides}, ${pad}, ${perChannel} per channel` })))))

beforeAll(() => openEngine())

describe('the gradients of a depthwise convolution', () => {
  const gradients = (strides: number, pad: Padding) => ({
    input: (x: Tensor4D, filter: Tensor4D) => gradient((at) => squares(convolve(at, filter, strides, pad)))(x),
    filter: (x: Tensor4D, filter: Tensor4D) => gradient((at) => squares(convolve(x, at, strides, pad)))(filter),
  })

  it.each(cases)('$name', async ({ size, strides, pad, perChannel }) => {
    const inputs = [randomValues([2, 8, 9, 6], 1), randomValues([size, size, 6, perChannel], 2)]
    const { input, filter } = gradients(strides, pad)
    await expectSameAsCpu(inputs, input)
    await expectSameAsCpu(inputs, filter)
  })

  it('with pads wider than the filter', async () => {
    const inputs = [randomValues([2, 5, 6, 3], 1), randomValues([2, 2, 3, 1], 2)]
    const { input, filter } = gradients(1, 3)
    await expectSameAsCpu(inputs, input)
    await expectSameAsCpu(inputs, filter)
  })

  it('leave nothing behind', async () => {
    for (const strides of [1, 2]) {
      const { input, filter } = gradients(strides, 'same')
      await expectNoLeak([randomValues([2, 5, 6, 3], 1), randomValues([3, 3, 3, 1], 2)], input)
      await expectNoLeak([randomValues([2, 5, 6, 3], 1), randomValues([3, 3, 3, 1], 2)], filter)
    }
  })
})

// tfjs refuses to differentiate dilated ones, and its cpu kernels pass over the dilation; so the kernels are called by name.
describe.each([[1, 1], [2, 1], [2, 2]])('the gradients with dilation %i and %i outputs per channel', (dilation, perChannel) => {
  const [x, filter] = [randomValues([1, 6, 7, 2], 1), randomValues([3, 2, 2, perChannel], 2)]
  const upstream = randomValues([1, 6, 7, 2 * perChannel], 3)
  const attrs = { strides: 1, pad: 'same', dilations: [dilation, dilation] }
  const score = (images: Float32Array, weights: Float32Array) => tidy(() => {
    const convolved = convolve(toTensor({ shape: x.shape, data: images }), toTensor({ shape: filter.shape, data: weights }), 1, 'same', dilation)
    return sum(mul(convolved, toTensor(upstream))).dataSync()[0]!
  })

  it('agree with finite differences', async () => {
    const inputGradient = await runOn('engine', [upstream, filter], (dy, weights) =>
      engine().runKernel('DepthwiseConv2dNativeBackpropInput', { dy, filter: weights }, { ...attrs, inputShape: [...x.shape] }))
    expectClose(inputGradient, slopes((data) => score(data, filter.data), x.data), 1e-4)
    const filterGradient = await runOn('engine', [x, upstream], (images, dy) =>
      engine().runKernel('DepthwiseConv2dNativeBackpropFilter', { x: images, dy }, { ...attrs, filterShape: [...filter.shape] }))
    expectClose(filterGradient, slopes((data) => score(x.data, data), filter.data), 1e-4)
  })
})

function squares(images: Tensor4D) {
  return sum(mul(images, images))
}
