import { grad, leakyRelu, mul, relu, step, sum, tensor } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { leakyReluGradient, openEngine } from '../index.js'
import { expectClose, expectNoLeak, gradient, runOn } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

beforeAll(() => openEngine())

const special = [0, -0, Infinity, -Infinity, NaN, 1e-45, -1e-45]
/** Of which some are special. */
const values = (count: number, seed: number) => randomValues([count], seed).data.map((value, i) => i % 4 === 1 ? special[i % special.length]! : value)
const bits = (result: Tensor) => [...result.dataSync()]

describe('ReLU and leaky ReLU', () => {
  it('and what they make of a signal are what a product with slopes gives, to the last bit', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 70 }), fc.nat(1e6), fc.constantFrom(0, 0.1, 0.3, 1), (count, seed, alpha) => {
      const [x, dy] = [tensor(values(count, seed), [count]), tensor(values(count, seed + 1), [count])]
      expect(bits(leakyRelu(x, alpha))).toEqual(bits(mul(x, step(x, alpha))))
      expect(bits(leakyReluGradient(dy, x, alpha))).toEqual(bits(mul(dy, step(x, alpha))))
    }))
  })

  it.each([['relu', relu, 0], ['leaky relu', (x: Tensor) => leakyRelu(x, 0.1), 0.1]] as const)('the gradient of %s, and the gradient of that by the signal', async (_name, f, alpha) => {
    const [x, dy] = [randomValues([2, 5, 3], 1), randomValues([2, 5, 3], 2)]
    const expected = dy.data.map((value, i) => value * (x.data[i]! > 0 ? 1 : alpha))
    expectClose(await runOn('engine', [x, dy], (at, signal) => gradient((one) => sum(mul(f(one), signal)))(at)), expected)
    // d/dc of the sum of squares of c times the signal, passed back, at c = dy.
    const squares = (at: Tensor) => (signal: Tensor) => sum(mul(0.5, mul(leakyReluGradient(signal, at, alpha), leakyReluGradient(signal, at, alpha))))
    expectClose(await runOn('engine', [x, dy], (at, signal) => grad(squares(at))(signal)), expected.map((value, i) => value * (x.data[i]! > 0 ? 1 : alpha)))
  })

  it('the signal does not change where x does, between kinks', async () => {
    expectClose(await runOn('engine', [randomValues([7], 1), randomValues([7], 2)], (x, dy) => grad((at) => sum(leakyReluGradient(dy, at, 0.1)))(x)), new Float32Array(7))
  })

  it('leave nothing behind', async () => {
    await expectNoLeak([randomValues([3, 5], 1)], (x) => gradient((at) => sum(leakyRelu(at, 0.2)))(x))
  })
})
