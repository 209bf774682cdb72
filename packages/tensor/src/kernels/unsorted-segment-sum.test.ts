import { gather, grad, mul, sum, tensor, tensor1d, unsortedSegmentSum } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectNoLeak, expectSameAsCpu, runOn } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

beforeAll(() => openEngine())

describe('unsortedSegmentSum', () => {
  it('adds up slices by segment', async () => {
    const x = { shape: [3, 2], data: Float32Array.of(1, 2, 10, 20, 100, 200) }
    const actual = await expectSameAsCpu([x], (slices) => unsortedSegmentSum(slices, tensor1d([2, 0, 2], 'int32'), 4))
    expect(actual).toEqual(Float32Array.of(10, 20, 0, 0, 101, 202, 0, 0))
  })

  it('of single values, and of slices of several axes', async () => {
    await expectSameAsCpu([randomValues([5])], (slices) => unsortedSegmentSum(slices, tensor1d([0, 2, 0, 1, 2], 'int32'), 3))
    await expectSameAsCpu([randomValues([4, 2, 3])], (slices) => unsortedSegmentSum(slices, tensor1d([1, 1, 0, 1], 'int32'), 2))
  })

  it('leaves out slices without a segment', async () => {
    const x = { shape: [3], data: Float32Array.of(1, 10, 100) }
    expect(await runOn('engine', [x], (slices) => unsortedSegmentSum(slices, tensor1d([-1, 1, 2], 'int32'), 2))).toEqual(Float32Array.of(0, 10))
  })

  it('of whole numbers', async () => {
    const compute = () => unsortedSegmentSum(tensor([1, 2, 4], [3], 'int32'), tensor1d([0, 0, 1], 'int32'), 2)
    expect(await runOn('engine', [], compute)).toEqual(Float32Array.of(3, 4))
  })

  it('is the gradient of gather', async () => {
    for (const axis of [0, 1]) {
      const compute = (x: Tensor) => grad((at) => {
        const picked = gather(at, tensor1d([3, 1, 3], 'int32'), axis)
        return sum(mul(picked, picked))
      })(x)
      await expectSameAsCpu([randomValues([5, 6])], compute)
      await expectNoLeak([randomValues([5, 6])], compute)
    }
  })
})
