import { add, dispose, div, engine, grad, mul, neg, setBackend, sign, step, sub, sum, tensor, tidy } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { inOnePass, openEngine } from './index.js'
import { randomValues } from './testing/values.js'

beforeAll(() => openEngine({ backend: 'wasm' }))

/** Values of which some are 0, some the same as those of another seed. */
const values = (count: number, seed: number) => randomValues([count], seed).data.map((value, i) => (i % 5 === 1 ? 0 : i % 7 === 2 ? Math.fround(i / 16) : value))

/** Kernels must not fall back. */
const notAsked = (): never => {
  throw new Error('composed')
}

const read = (make: () => Tensor | Tensor[]): number[][] => {
  const made = tidy(make)
  const tensors = Array.isArray(made) ? made : [made]
  const found = tensors.map((one) => [...one.dataSync()])
  dispose(tensors)
  return found
}

const counts = fc.integer({ min: 1, max: 70 })

describe('kernels of one pass give what other operations give, to the last bit', () => {
  it('AddSigned', () => {
    fc.assert(
      fc.property(counts, fc.nat(1e6), (count, seed) => {
        const [a, b, x] = [1, 2, 3].map((k) => tensor(values(count, seed + k))) as [Tensor, Tensor, Tensor]
        expect(read(() => add(inOnePass('AddSigned', { a, b, x }, {}, notAsked), 0))).toEqual(read(() => add(add(a, mul(sign(x), b)), 0)))
      }),
    )
  })

  it('StableQuotient', () => {
    fc.assert(
      fc.property(counts, fc.nat(1e6), fc.constantFrom(1e-9, 1e-6, 0.25), (count, seed, epsilon) => {
        const [a, b] = [1, 2].map((k) => tensor(values(count, seed + k))) as [Tensor, Tensor]
        expect(read(() => inOnePass('StableQuotient', { a, b }, { epsilon }, notAsked))).toEqual(read(() => div(a, add(b, sub(epsilon, mul(2 * epsilon, step(neg(b))))))))
      }),
    )
  })

  it('RevealCancel', () => {
    fc.assert(
      fc.property(counts, fc.nat(1e6), fc.constantFrom(Infinity, 0.5), (count, seed, most) => {
        const attrs = { most, rounding: 1e-6, tiny: 1e-25 }
        const [z, z0, more, signal] = [1, 2, 3, 4].map((k) => values(count, seed + k)) as [Float32Array, Float32Array, Float32Array, Float32Array]
        // Sizes are at least the difference; where they are just that, one part is 0.
        const total = more.map((value, i) => Math.abs(z[i]! - z0[i]!) + (i % 3 === 0 ? 0 : Math.abs(value)))
        const inputs = { z: tensor(z), z0: tensor(z0), total: tensor(total), signal: tensor(signal) }
        const found = read(() => inOnePass('RevealCancel', inputs, attrs, notAsked))
        const expected = [...z].map((value, i) => signals(value, z0[i]!, total[i]!, signal[i]!, attrs))
        expect(found).toEqual([expected.map(([plus]) => plus), expected.map(([, minus]) => minus)])
      }),
    )
  })
})

const f = Math.fround

/** The RevealCancel rule value by value: a quarter of the signal by the mean slopes of both parts, their sum and their difference. */
function signals(z: number, z0: number, total: number, signal: number, { most, rounding, tiny }: { readonly most: number, readonly rounding: number, readonly tiny: number }): [number, number] {
  const relu = (x: number) => Math.min(Math.max(x, 0), f(most))
  const slope = (x: number) => (x > 0 && x < most ? 1 : 0)
  const least = f(f(rounding) * f(total + Math.abs(z)))
  const half = f(f(total + f(z - z0)) / 2)
  const rest = f(half - total)
  const positive = half > least ? half : 0
  const negative = rest < -least ? rest : 0
  const [up, down] = [f(z0 + positive), f(z0 + negative)]
  const after = f(down + positive)
  const [whole, between] = [f(relu(after) - relu(z0)), f(relu(up) - relu(down))]
  const quotient = (a: number, b: number, s: number) => f(f(a + f(f(tiny) * s)) / f(b + f(tiny)))
  const ofPositive = f(f(signal / 4) * quotient(f(whole + between), positive, slope(up) + slope(after)))
  const ofNegative = f(f(signal / 4) * quotient(f(whole - between), negative, slope(down) + slope(after)))
  return [f(ofPositive + ofNegative), f(ofPositive - ofNegative)]
}

it('what is differentiated, of several shapes, or on another backend is composed', async () => {
  const quotient = (a: Tensor, b: Tensor): Tensor => inOnePass('StableQuotient', { a, b }, { epsilon: 1e-6 }, () => mul(a, 2))
  const before = engine().memory().numTensors
  const [one, other] = [tensor([1, 2, 3]), tensor([1])]
  expect(read(() => quotient(one, other))).toEqual([[2, 4, 6]])
  expect(read(() => grad((a: Tensor) => sum(quotient(a, a)))(one))).toEqual([[2, 2, 2]])
  one.dispose()
  other.dispose()
  await setBackend('cpu')
  const here = tensor([3])
  expect(read(() => quotient(here, here))).toEqual([[6]])
  here.dispose()
  await setBackend('wasm')
  expect(engine().memory().numTensors).toBe(before)
})
