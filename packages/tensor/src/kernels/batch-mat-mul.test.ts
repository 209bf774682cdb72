import { grads, matMul, slice, sum } from '#tfjs/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, runOn } from '../testing/checks.js'
import { product } from '../testing/reference.js'
import { randomValues } from '../testing/values.js'
import type { Values } from '../testing/values.js'

const transposes = [[false, false], [false, true], [true, false], [true, true]] as const
const sizes = [[1, 1, 1], [3, 5, 7], [64, 33, 17], [10, 100, 3], [2, 40, 64]] as const

const matrix = (rows: number, columns: number, transposed: boolean) => transposed ? [columns, rows] : [rows, columns]

beforeAll(() => openEngine())

describe('matMul', () => {
  it.each(transposes)('of two matrices, transposed %s %s', async (transposeA, transposeB) => {
    for (const [rows, inner, columns] of sizes) {
      const a = randomValues(matrix(rows, inner, transposeA), 1)
      const b = randomValues(matrix(inner, columns, transposeB), 2)
      const actual = await expectSameAsCpu([a, b], (x, y) => matMul(x, y, transposeA, transposeB))
      expectClose(actual, product(a, b, transposeA, transposeB))
    }
  })

  it.each(transposes)('over leading axes, transposed %s %s', async (transposeA, transposeB) => {
    for (const [aBatch, bBatch] of [[[4], [4]], [[1], [4]], [[4], [1]], [[2, 3], [2, 3]], [[2, 3], [1, 1]], [[2, 3], []], [[1, 1], [1]]]) {
      const a = randomValues([...aBatch!, ...matrix(5, 6, transposeA)], 1)
      const b = randomValues([...bBatch!, ...matrix(6, 9, transposeB)], 2)
      await expectSameAsCpu([a, b], (x, y) => matMul(x, y, transposeA, transposeB))
    }
  })

  // The cpu backend is wrong here as well, so the parts are put together one by one.
  it('broadcasts the leading axes of both factors', async () => {
    const a = randomValues([2, 1, 4, 5], 1)
    const b = randomValues([1, 3, 5, 6], 2)
    const part = ({ data }: Values, i: number, shape: [number, number]) => {
      const size = shape[0] * shape[1]
      return { shape, data: data.slice(i * size, (i + 1) * size) }
    }
    const expected = [0, 1].flatMap((i) => [0, 1, 2].flatMap((j) => [...product(part(a, i, [4, 5]), part(b, j, [5, 6]), false, false)]))
    expectClose(await runOn('engine', [a, b], (x, y) => matMul(x, y)), expected)
  })

  it('of factors without values is zero or empty', async () => {
    const empty = (shape: number[]) => ({ shape, data: new Float32Array(0) })
    expect(await runOn('engine', [empty([2, 0]), empty([0, 3])], (x, y) => matMul(x, y))).toEqual(new Float32Array(6))
    expect(await runOn('engine', [empty([0, 2]), randomValues([2, 3])], (x, y) => matMul(x, y))).toEqual(new Float32Array(0))
  })

  it('leaves nothing behind', async () => {
    for (const [transposeA, transposeB] of transposes) {
      await expectNoLeak([randomValues(matrix(3, 6, transposeA)), randomValues(matrix(6, 4, transposeB))], (x, y) => matMul(x, y, transposeA, transposeB))
      await expectNoLeak([randomValues([2, 1, 5, 5]), randomValues([3, 5, 5])], (x, y) => matMul(x, y, transposeA, transposeB))
    }
    await expectNoLeak([randomValues([3, 6]), randomValues([6, 4])], (x, y) => grads((a, b) => sum(matMul(a, b)))([x, y])[0]!)
  })
})

describe.each(transposes)('products transposed %s %s', (transposeA, transposeB) => {
  const inner = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(256, 513))
  const size = fc.integer({ min: 1, max: 40 })

  // What makes rows independent of each other, and the choice between ways to the same product free. It holds because XNNPACK's kernels for
  // WebAssembly all add up in this order; should one of a later version not do so, it shows here.
  it('are summed in order, rounded at every step', async () => {
    await fc.assert(fc.asyncProperty(size, inner, size, fc.nat(), async (rows, inner, columns, seed) => {
      const a = randomValues(matrix(rows, inner, transposeA), seed)
      const b = randomValues(matrix(inner, columns, transposeB), seed + 1)
      const actual = await runOn('engine', [a, b], (x, y) => matMul(x, y, transposeA, transposeB))
      expect(actual).toEqual(Float32Array.from(product(a, b, transposeA, transposeB, Math.fround)))
    }), { seed: 20, numRuns: 40 })
  })

  it('have the same rows beside any other rows', async () => {
    await fc.assert(fc.asyncProperty(inner, size, fc.nat(), async (inner, columns, seed) => {
      const a = randomValues(matrix(64, inner, transposeA), seed)
      const b = randomValues(matrix(inner, columns, transposeB), seed + 1)
      const all = await runOn('engine', [a, b], (x, y) => matMul(x, y, transposeA, transposeB))
      for (const [start, rows] of [[0, 1], [63, 1], [5, 2], [8, 3], [1, 7], [3, 16], [30, 33]] as const) {
        const some = await runOn('engine', [a, b], (x, y) => {
          const part = transposeA ? slice(x, [0, start], [inner, rows]) : slice(x, [start, 0], [rows, inner])
          return matMul(part, y, transposeA, transposeB)
        })
        expect(some).toEqual(all.subarray(start * columns, (start + rows) * columns))
      }
    }), { seed: 21, numRuns: 10 })
  })
})
