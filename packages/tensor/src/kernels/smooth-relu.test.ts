import { grad, mul, sum, tensor } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine, smoothRelu, smoothReluGradient } from '../index.js'
import { expectClose, expectNoLeak, runOn } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

beforeAll(() => openEngine())

const sigmoid = (z: number) => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))
const logOfOneAndExp = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
const bendOf = (z: number) => sigmoid(z) * sigmoid(-z)

/** In double precision, without a difference of numbers that are nearly alike. */
const value = (x: number, beta: number, max: number) =>
  max === Infinity ? logOfOneAndExp(beta * x) / beta : Math.min(Math.max(x, 0), max) + (Math.log1p(Math.exp(-Math.abs(beta * x))) - Math.log1p(Math.exp(-Math.abs(beta * (x - max))))) / beta
const slope = (x: number, beta: number, max: number) => {
  const low = max === Infinity ? x : Math.min(x, max - x)
  return sigmoid(beta * low) - (max === Infinity ? 0 : sigmoid(beta * (low - max)))
}
const bend = (x: number, beta: number, max: number) => beta * (bendOf(beta * x) - (max === Infinity ? 0 : bendOf(beta * (x - max))))

const shapes = fc.record({ alpha: fc.constantFrom(0, 0.1, 0.3), beta: fc.constantFrom(0.5, 1, 3, 10, 50), max: fc.constantFrom(Infinity, 6, 1) })
// As the kernel reads them; beta x in single precision would be off by its rounding times the size of the exponent, 1e-7 times 80.
const inputs = fc.array(fc.double({ min: -8, max: 8, noNaN: true }).map(Math.fround), { minLength: 1, maxLength: 37 })
const expectWithin = (found: ArrayLike<number>, expected: readonly number[], share: number, floor: number) =>
  expected.forEach((wanted, i) => expect(Math.abs(found[i]! - wanted), `${wanted} at ${i}`).toBeLessThanOrEqual(share * Math.abs(wanted) + floor))

describe('ReLU without kinks', () => {
  it('and what it makes of a signal are right to the last digits, also far below 0', () => {
    fc.assert(fc.property(inputs, shapes, (xs, { alpha, beta, max }) => {
      const [x, dy] = [tensor(xs), tensor(xs.map((_, i) => i - 3))]
      // Rounding of beta x moves the exponential by as many ulps as it is large.
      const share = 4e-7 + 1.2e-7 * 8 * beta
      const floor = 1e-37
      const leaning = (low: number, high: number) => alpha * low + (1 - alpha) * high
      // The sum of both parts may be near 0, where neither is.
      const found = smoothRelu(x, { alpha, beta, max }).dataSync()
      xs.forEach((at, i) => {
        const parts = [alpha * at, (1 - alpha) * value(at, beta, max)] as const
        expect(Math.abs(found[i]! - parts[0] - parts[1]), `${at} with alpha ${alpha}, beta ${beta}, max ${max}`).toBeLessThanOrEqual(share * Math.max(Math.abs(parts[0]), parts[1]) + floor)
      })
      expectWithin(smoothReluGradient(dy, x, { alpha, beta, max }).dataSync(), xs.map((at, i) => (i - 3) * leaning(1, slope(at, beta, max))), share, floor * 40)
    }))
  })

  it('of what is very large or small, and of what is no number', () => {
    const x = tensor([-Infinity, -1e30, -200, 200, 1e30, Infinity, NaN])
    const ones = tensor([1, 1, 1, 1, 1, 1, 1])
    expect([...smoothRelu(x).dataSync()]).toEqual([0, 0, 0, 200, Math.fround(1e30), Infinity, NaN])
    expect([...smoothRelu(x, { max: 6 }).dataSync()]).toEqual([0, 0, 0, 6, 6, 6, NaN])
    expect([...smoothReluGradient(ones, x).dataSync()]).toEqual([0, 0, 0, 1, 1, 1, NaN])
    expect([...smoothReluGradient(ones, x, { max: 6 }).dataSync()]).toEqual([0, 0, 0, 0, 0, 0, NaN])
    expect([...smoothRelu(x, { alpha: 0.5 }).dataSync()]).toEqual([-Infinity, Math.fround(-5e29), -100, 200, Math.fround(1e30), Infinity, NaN])
    expect([...smoothReluGradient(ones, x, { alpha: 0.5 }).dataSync()]).toEqual([0.5, 0.5, 0.5, 1, 1, 1, NaN])
  })

  it.each([[0, 1, Infinity], [0, 3, Infinity], [0, 1, 6], [0, 2, 1.5], [0.1, 1, Infinity], [0.3, 10, Infinity], [0.1, 2, 1.5]])('its first and second derivatives, alpha %d, beta %d and max %d', async (alpha, beta, max) => {
    const tilted = (at: number) => alpha + (1 - alpha) * slope(at, beta, max)
    const bent = (at: number) => (1 - alpha) * bend(at, beta, max)
    const [x, dy, v] = [randomValues([4, 7], 1), randomValues([4, 7], 2), randomValues([4, 7], 3)]
    const at = (i: number) => x.data[i]!
    expectClose(await runOn('engine', [x, dy], (one, signal) => grad((two) => sum(mul(smoothRelu(two, { alpha, beta, max }), signal)))(one)), dy.data.map((signal, i) => signal * tilted(at(i))))
    const passedBack = (one: Tensor, signal: Tensor) => grad((two) => sum(mul(smoothRelu(two, { alpha, beta, max }), signal)))(one)
    // d/dx and d/ddy of <v, dy f'(x)>
    expectClose(await runOn('engine', [x, dy, v], (one, signal, by) => grad((two) => sum(mul(passedBack(two, signal), by)))(one)), dy.data.map((signal, i) => v.data[i]! * signal * bent(at(i))))
    expectClose(await runOn('engine', [x, dy, v], (one, signal, by) => grad((two) => sum(mul(passedBack(one, two), by)))(signal)), v.data.map((by, i) => by * tilted(at(i))))
  })

  it('its third derivative, by central differences of the second', async () => {
    const [x, v] = [randomValues([9], 4), randomValues([9], 5)]
    const second = (one: Tensor) => grad((two) => sum(grad((three) => sum(smoothRelu(three, { max: 2 })))(two)))(one)
    const expected = x.data.map((at, i) => v.data[i]! * (bend(at + 1e-4, 1, 2) - bend(at - 1e-4, 1, 2)) / 2e-4)
    expectClose(await runOn('engine', [x, v], (one, by) => grad((two) => sum(mul(second(two), by)))(one)), expected)
  })

  it('is the same on a backend without the kernel', async () => {
    const [x, dy] = [randomValues([3, 9], 1), randomValues([3, 9], 2)]
    for (const shape of [{}, { beta: 2 }, { max: 6 }, { beta: 2, max: 1 }, { alpha: 0.1 }, { alpha: 0.3, beta: 10 }, { alpha: 0.2, beta: 2, max: 1 }]) {
      const both = (one: Tensor, signal: Tensor) => grad((two) => sum(mul(smoothReluGradient(signal, two, shape), smoothRelu(two, shape))))(one)
      expectClose(await runOn('engine', [x, dy], both), await runOn('cpu', [x, dy], both))
    }
  })

  it('leaves nothing behind', async () => {
    await expectNoLeak([randomValues([3, 5], 1)], (x) => grad((at) => sum(grad((one) => sum(smoothRelu(one, { max: 6 })))(at)))(x))
  })
})
