import {
  cast, equal, grad, greater, greaterEqual, less, lessEqual, logicalAnd, logicalNot, logicalOr, logicalXor, mul, notEqual, scalar, sum, tensor1d, where,
} from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../index.js'

beforeAll(() => openEngine())

describe('a choice between x * x and 3 * x passes the gradient of what it chose', () => {
  it.each<[string, (x: Tensor) => Tensor, number[]]>([
    ['greater', (x) => greater(x, scalar(0)), [3, 3, 4]],
    ['greaterEqual', (x) => greaterEqual(x, scalar(0)), [3, 0, 4]],
    ['less', (x) => less(x, scalar(1)), [-4, 0, 3]],
    ['lessEqual', (x) => lessEqual(x, scalar(0)), [-4, 0, 3]],
    ['equal', (x) => equal(x, scalar(2)), [3, 3, 4]],
    ['notEqual', (x) => notEqual(x, scalar(2)), [-4, 0, 3]],
    ['logicalAnd', (x) => logicalAnd(greater(x, scalar(-1)), less(x, scalar(1))), [3, 0, 3]],
    ['logicalOr', (x) => logicalOr(greater(x, scalar(1)), less(x, scalar(-1))), [-4, 3, 4]],
    ['logicalXor', (x) => logicalXor(greater(x, scalar(-1)), less(x, scalar(1))), [-4, 3, 4]],
    ['logicalNot', (x) => logicalNot(greater(x, scalar(1))), [-4, 0, 3]],
  ])('%s', (_, condition, expected) => {
    const gradient = grad((x) => sum(where(condition(x), mul(x, x), mul(x, scalar(3)))))
    expect([...gradient(tensor1d([-2, 0, 2])).dataSync()].map((value) => value + 0)).toEqual(expected)
  })
})

it('a mask has no slope of its own', () => {
  const gradient = grad((x) => sum(mul(cast(greater(x, scalar(0)), 'float32'), x)))
  expect([...gradient(tensor1d([-2, 0, 2])).dataSync()]).toEqual([0, 0, 1])
})
