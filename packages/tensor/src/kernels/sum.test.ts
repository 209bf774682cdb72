import { mean, slice, sum } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine, tf } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, runOn } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

beforeAll(() => openEngine())

describe.each<[string, (x: Tensor, axes?: number[], keepDims?: boolean) => Tensor]>([['sum', sum], ['mean', mean]])('%s', (_, reduce) => {
  it.each([[[0]], [[1]], [[2]], [[3]], [[0, 1]], [[1, 2]], [[2, 3]], [[0, 1, 2]], [[3, 2, 1]], [[-2]], [[0, 2]], [[1, 3]], [[0, 1, 2, 3]], [[]]])('over axes %j', async (axes) => {
    for (const shape of [[3, 5, 4, 11], [2, 1, 70, 8], [1, 130, 2, 1]]) {
      for (const keepDims of [false, true]) await expectSameAsCpu([randomValues(shape)], (x) => reduce(x, axes, keepDims))
    }
  })

  it('of long columns keeps its precision', async () => {
    const x = randomValues([100_000, 3])
    const long = { shape: x.shape, data: x.data.map((value) => value + 2) }
    const exact = [0, 1, 2].map((column) => long.data.reduce((total, value, i) => i % 3 === column ? total + value : total, 0))
    const scale = exact[0]!
    const actual = await runOn('engine', [long], (values) => reduce(values, [0]))
    const unit = actual[0]! > 100 ? 1 : 100_000
    expectClose([...actual].map((value) => value * unit / scale), exact.map((value) => value / scale), 1e-6)
  })

  it('of all values, of one value, of none', async () => {
    await expectSameAsCpu([randomValues([1001])], (x) => reduce(x))
    await expectSameAsCpu([randomValues([1])], (x) => reduce(x))
    expect([...sum(tf.zeros([0, 3]), 0).dataSync()]).toEqual([0, 0, 0])
  })

  it('of a row is the same beside any other rows', async () => {
    const x = randomValues([9, 6, 7, 5])
    for (const axes of [[1, 2], [3], [1, 2, 3]]) {
      const all = await runOn('engine', [x], (values) => reduce(values, axes))
      const one = await runOn('engine', [x], (values) => reduce(slice(values, [4, 0, 0, 0], [1, -1, -1, -1]), axes))
      expect(one).toEqual(all.subarray(4 * one.length, 5 * one.length))
    }
  })

  it('leaves nothing behind', async () => {
    await expectNoLeak([randomValues([3, 4, 5])], (x) => reduce(x, [0], true))
  })
})

it('whole numbers stay whole', () => {
  const total = sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0)
  expect([total.dtype, ...total.dataSync()]).toEqual(['int32', 4, 6])
  expect(sum(tf.tensor1d([true, true, false], 'bool')).dataSync()[0]).toBe(2)
})
