import { backend, depthwiseConv2d, mul, reshape, sum, tidy, variable } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, gradient } from '../testing/checks.js'
import { randomValues, toTensor } from '../testing/values.js'

beforeAll(() => openEngine({ backend: 'wasm' }))

describe('what is kept of a filter', () => {
  const gradientOf = (filter: Tensor4D, x: Tensor4D) => tidy(() => gradient((at) => sum(depthwiseConv2d(at, filter, 1, 'same')))(x))

  it('does not grow with use and goes with the filter', () => {
    const x = toTensor(randomValues([1, 4, 4, 1], 1))
    const before = backend().numDataIds()
    const filter = toTensor(randomValues([3, 3, 1, 1], 2))
    for (let run = 0; run < 3; run++) {
      gradientOf(filter, x).dispose()
      expect(backend().numDataIds()).toBe(before + 2)
    }
    filter.dispose()
    expect(backend().numDataIds()).toBe(before)
    x.dispose()
  })

  it('is made anew when a variable takes another value', () => {
    const x = toTensor(randomValues([1, 4, 4, 1], 1))
    const filter = variable(toTensor(randomValues([3, 3, 1, 1], 2)))
    const first = gradientOf(filter, x).dataSync()
    filter.assign(mul(filter, 2))
    expectClose(gradientOf(filter, x).dataSync(), first.map((value) => value * 2))
  })

  it('is told apart by shape where tensors share values', () => {
    const values = toTensor(randomValues([16], 2))
    gradientOf(reshape(values, [2, 2, 4, 1]), toTensor(randomValues([1, 2, 2, 4], 1)))
    const gradient = gradientOf(reshape(values, [1, 1, 16, 1]), toTensor(randomValues([1, 2, 2, 16], 1)))
    expectClose(gradient.dataSync(), [0, 1, 2, 3].flatMap(() => [...values.dataSync()]))
  })
})
