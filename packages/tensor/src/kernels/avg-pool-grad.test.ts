import { avgPool, mul, sum, tidy } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, gradient, runOn, slopes } from '../testing/checks.js'
import { indexed, samePadding, walk } from '../testing/reference.js'
import { randomValues, toTensor } from '../testing/values.js'
import type { Values } from '../testing/values.js'

type Shape = readonly [number, number, number, number]

const poolGradient = (size: number, stride: number, pad: 'same' | 'valid') => (x: Tensor4D, upstream: Tensor4D) =>
  gradient((at) => sum(mul(avgPool(at, size, stride, pad), upstream)))(x)

/** The gradient with padding 'same' as defined: in equal parts to the pixels of each window. */
function reference(shape: Shape, upstream: Values, size: number, stride: number): Float64Array {
  const [rows, height, width, channels] = shape
  const expected = { shape, data: new Float64Array(shape.reduce((a, b) => a * b)) }
  const [dy, dx] = [indexed(upstream), indexed(expected)]
  const vertical = samePadding(height, size, stride)
  const horizontal = samePadding(width, size, stride)
  const window = { size: [size, size], stride, pads: [vertical.before, horizontal.before] } as const
  const pixels = new Map<string, [number, number][]>()
  walk([height, width], [vertical.outputs, horizontal.outputs], window, (output, _, input) => {
    pixels.set(output.join(), [...pixels.get(output.join()) ?? [], input])
  })
  for (const [output, inputs] of pixels) {
    const [y, x] = output.split(',').map(Number) as [number, number]
    for (let row = 0; row < rows; row++) {
      for (let channel = 0; channel < channels; channel++) {
        for (const input of inputs) dx.add(dy.get(row, y, x, channel) / inputs.length, row, ...input, channel)
      }
    }
  }
  return expected.data
}

beforeAll(() => openEngine())

describe.each([[2, 2], [3, 2], [3, 1], [2, 3], [3, 3], [8, 3]])('the gradient of average-pooling, window %i, stride %i', (size, stride) => {
  const shape: Shape = [2, 9, 8, 5]

  it('padded: padding takes no part', async () => {
    const upstream = randomValues([2, Math.ceil(9 / stride), Math.ceil(8 / stride), 5], 3)
    expectClose(await runOn('engine', [randomValues(shape, 1), upstream], poolGradient(size, stride, 'same')), reference(shape, upstream, size, stride))
  })

  it('without padding', async () => {
    const outputs = (inputs: number) => Math.floor((inputs - size) / stride) + 1
    const inputs = [randomValues(shape, 1), randomValues([2, outputs(9), outputs(8), 5], 3)]
    await expectSameAsCpu(inputs, poolGradient(size, stride, 'valid'))
  })
})

describe('the gradient of average-pooling', () => {
  it.each(['same', 'valid'] as const)('agrees with finite differences, padding %s', async (pad) => {
    const x = randomValues([1, 5, 4, 2])
    const score = (images: Tensor4D) => {
      const pooled = avgPool(images, 3, 2, pad)
      return sum(mul(pooled, pooled))
    }
    const expected = slopes((data) => tidy(() => score(toTensor({ shape: x.shape, data })).dataSync()[0]!), x.data)
    expectClose(await runOn('engine', [x], (images) => gradient(score)(images)), expected, 1e-3)
  })

  it('leaves nothing behind', async () => {
    await expectNoLeak([randomValues([2, 5, 5, 3])], (x: Tensor4D) => gradient((at) => sum(avgPool(at, 2, 2, 'same')))(x))
  })
})
