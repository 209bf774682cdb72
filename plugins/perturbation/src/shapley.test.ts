import { createRandomness } from '@touchstone/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseCoalitions } from './kernel-shap.js'
import { gameOf, mapOf, numbers, randomFunction } from './models.test.data.js'

const seeds = fc.integer({ min: 0, max: 1e6 })
const sizes = fc.integer({ min: 2, max: 6 })
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const scaleOf = (values: readonly number[]) => Math.max(1, ...values.map(Math.abs))

function expectClose(found: readonly number[], expected: readonly number[], relative = 1e-5): void {
  expect(found).toHaveLength(expected.length)
  found.forEach((value, i) => expect(Math.abs(value - expected[i]!), `value ${i}: ${value}, expected ${expected[i]!}`).toBeLessThan(relative * scaleOf(expected)))
}

const exact = (f: (x: Float32Array) => number, x: readonly number[], baseline: readonly number[] | number = 0) => mapOf('shapley-exact', { baseline }, gameOf(x.length, f), x)
/** By default all coalitions of up to 6 features. */
const kernel = (f: (x: Float32Array) => number, x: readonly number[], baseline: readonly number[] | number = 0, coalitions = 62) => mapOf('kernel-shap', { baseline, coalitions }, gameOf(x.length, f), x)

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length === 0) yield []
  for (const first of items) for (const rest of permutations(items.filter((item) => item !== first))) yield [first, ...rest]
}

/** The definition: the mean over all orders of what each feature adds. */
function byPermutations(f: (x: Float32Array) => number, x: readonly number[], baseline: readonly number[]): number[] {
  const phi = x.map(() => 0)
  let count = 0
  for (const order of permutations([...x.keys()])) {
    const present = Float32Array.from(baseline)
    let before = f(present)
    for (const feature of order) {
      present[feature] = x[feature]!
      const after = f(present)
      phi[feature]! += after - before
      before = after
    }
    count++
  }
  return phi.map((value) => value / count)
}

test('exact and, with all coalitions, kernel-shap are the mean over all orders', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, sizes, async (seed, n) => {
      const [f, x, baseline] = [randomFunction(n, seed), numbers(n, seed), numbers(n, seed, 1)]
      const expected = byPermutations(f, x, baseline)
      expectClose(await exact(f, x, baseline), expected)
      expectClose(await kernel(f, x, baseline), expected)
    }),
    { numRuns: 40 },
  )
})

test('a single feature gets the whole difference', async () => {
  const model = gameOf(3, (x) => x[0]! * x[1]! * x[2]! + 1)
  for (const use of ['shapley-exact', 'shapley-sampling', 'kernel-shap']) expectClose(await mapOf(use, { features: { mask: [4, 4, 4] } }, model, [2, 3, 4]), [24, 24, 24])
})

describe('axioms', () => {
  test('efficiency: features add up to F(x) - F(baseline), also where they are sampled', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 2, max: 12 }), async (seed, n) => {
        const [f, x, baseline] = [randomFunction(n, seed), numbers(n, seed), numbers(n, seed, 1)]
        const model = gameOf(n, f)
        const whole = f(Float32Array.from(x)) - f(Float32Array.from(baseline))
        for (const [use, options] of [['shapley-exact', {}], ['shapley-sampling', { permutations: 3 }], ['shapley-sampling', { permutations: 4, antithetic: true }], ['kernel-shap', { coalitions: 2 * n }], ['kernel-shap', { coalitions: 60 }]] as const) {
          const map = await mapOf(use, { ...options, baseline }, model, x)
          expect(Math.abs(sum(map) - whole), use).toBeLessThan(1e-5 * n * scaleOf([whole, ...map]))
        }
      }),
      { numRuns: 25 },
    )
  })

  test('symmetry: features that do the same get the same', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes, async (seed, n) => {
        const g = randomFunction(n, seed)
        const f = (x: Float32Array) => g(x) + g(Float32Array.from(x, (value, i) => (i === 0 ? x[1]! : i === 1 ? x[0]! : value)))
        const x = numbers(n, seed)
        x[1] = x[0]!
        for (const map of [await exact(f, x), await kernel(f, x)]) expect(Math.abs(map[0]! - map[1]!)).toBeLessThan(1e-5 * scaleOf(map))
      }),
      { numRuns: 25 },
    )
  })

  test('dummy: a feature without effect gets 0, to the last bit where values are differences', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes, async (seed, n) => {
        const g = randomFunction(n, seed)
        const f = (x: Float32Array) => g(Float32Array.from(x, (value, i) => (i === n - 1 ? 1 : value)))
        const x = numbers(n, seed)
        expect((await exact(f, x))[n - 1]).toBe(0)
        expect((await mapOf('shapley-sampling', { permutations: 2 }, gameOf(n, f), x))[n - 1]).toBe(0)
        const map = await kernel(f, x)
        expect(Math.abs(map[n - 1]!)).toBeLessThan(1e-6 * scaleOf(map))
      }),
      { numRuns: 25 },
    )
  })

  test('linearity: values of a combination are the combination of values, also where they are sampled', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, sizes, fc.integer({ min: -3, max: 3 }), async (seed, n, c) => {
        const [f, g, x] = [randomFunction(n, seed), randomFunction(n, seed + 1), numbers(n, seed)]
        for (const [use, options] of [['shapley-exact', {}], ['shapley-sampling', { permutations: 3 }], ['kernel-shap', { coalitions: Math.min(2 * n, 2 ** n - 2) }]] as const) {
          const map = (h: (x: Float32Array) => number) => mapOf(use, options, gameOf(n, h), x)
          const [ofF, ofG] = [await map(f), await map(g)]
          const expected = ofF.map((value, i) => value + c * ofG[i]!)
          expectClose(await map((input) => f(input) + c * g(input)), expected, 2e-5 * scaleOf([...ofF, ...ofG]))
        }
      }),
      { numRuns: 25 },
    )
  })
})

const worst = (found: readonly number[], expected: readonly number[]) => Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))

test('sampling comes to the exact values as permutations grow, within its standard error', async () => {
  const n = 6
  for (const seed of [1, 2, 3]) {
    const [f, x] = [randomFunction(n, seed), numbers(n, seed)]
    const expected = await exact(f, x)
    for (const antithetic of [false, true]) {
      // What one feature adds in one order spreads no wider than F over all coalitions.
      const values = Array.from({ length: 2 ** n }, (_, s) => f(Float32Array.from(x, (value, i) => (s >> i) & 1 ? value : 0)))
      const spread = Math.max(...values) - Math.min(...values)
      for (const permutations of [16, 256, 4096])
        expect(worst(await mapOf('shapley-sampling', { permutations, antithetic }, gameOf(n, f), x), expected)).toBeLessThan((4 * spread) / Math.sqrt(permutations))
    }
  }
})

test('every order of three features comes equally often', async () => {
  // F is a different power of 16 for each coalition that an order passes, so a map from one permutation tells its order.
  const model = gameOf(3, (x) => [0, 1, 16, 256, 4096, 65536, 1048576, 0][x[0]! + 2 * x[1]! + 4 * x[2]!]!)
  const counts = new Map<string, number>()
  for (let seed = 0; seed < 600; seed++) {
    const key = String(await mapOf('shapley-sampling', { permutations: 1 }, model, [1, 1, 1], { seed }))
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  // Chi-squared with 5 degrees of freedom stays below 20.5 in 99.9 % of cases.
  expect(sum([...counts.values()].map((count) => (count - 100) ** 2 / 100))).toBeLessThan(20.5)
})

test('one antithetic pair is exact where features interact in pairs', async () => {
  const n = 7
  const q = numbers(n * n, 4)
  const f = (x: Float32Array) => sum([...x].flatMap((a, i) => [...x].map((b, j) => q[i * n + j]! * a * b)))
  const x = numbers(n, 5)
  const expected = await exact(f, x)
  expectClose(await mapOf('shapley-sampling', { permutations: 2, antithetic: true }, gameOf(n, f), x), expected)
  expect(worst(await mapOf('shapley-sampling', { permutations: 2 }, gameOf(n, f), x), expected)).toBeGreaterThan(0.01)
})

test('kernel-shap comes to the exact values as coalitions grow', async () => {
  const n = 10
  const errors = [20, 100, 400, 1000, 1022].map(() => 0)
  for (let seed = 0; seed < 8; seed++) {
    const [f, x] = [randomFunction(n, seed), numbers(n, seed)]
    const expected = await exact(f, x)
    for (const [k, coalitions] of [20, 100, 400, 1000, 1022].entries()) errors[k]! += worst(await kernel(f, x, 0, coalitions), expected) / scaleOf(expected) / 8
  }
  expect(errors[4]).toBeLessThan(1e-5)
  errors.slice(1).forEach((error, k) => expect(error).toBeLessThan(errors[k]!))
  expect(errors[1]).toBeLessThan(0.1)
})

test('more coalitions than there are cost no more than all of them', async () => {
  const model = gameOf(4, (x) => x[0]! * x[1]! * x[2]! * x[3]!)
  await mapOf('kernel-shap', { coalitions: 2048 }, model, [1, 2, 3, 4])
  expect(model.rowsRun()).toBe(16)
})

describe('the coalitions of kernel-shap', () => {
  test.each([
    [2, 1], [3, 3], [4, 4], [4, 5], [4, 6], [4, 7], [5, 5], [5, 15], [8, 8], [8, 20], [8, 100], [8, 126], [8, 127], [9, 254], [40, 200], [784, 1024], [1500, 1600],
  ])('of %d features, %d pairs: none twice, all in range, single features always', (n, pairs) => {
    for (const seed of [0, 1]) {
      const chosen = chooseCoalitions(n, pairs, createRandomness(seed, 'x'))
      expect(chosen).toHaveLength(pairs)
      const keys = chosen.flatMap(({ members }) => (n > 100 ? [members.join()] : [members.join(), Array.from({ length: n }, (_, i) => i).filter((i) => !members.includes(i)).join()]))
      expect(new Set(keys).size).toBe(keys.length)
      for (const { members, weight } of chosen) {
        expect(members.length).toBeLessThanOrEqual(n / 2)
        expect(members.every((member, i) => member >= 0 && member < n && member > (members[i - 1] ?? -1))).toBe(true)
        expect(weight).toBeGreaterThan(0)
      }
      expect(chosen.filter(({ members }) => members.length === 1)).toHaveLength(n === 2 ? 1 : n)
      // All of the kernel's weight is spread over them, except where single features use up the rows.
      const whole = sum(Array.from({ length: n - 1 }, (_, i) => (n - 1) / ((i + 1) * (n - i - 1)))) / 2
      if (pairs > n) expect(sum(chosen.map(({ weight }) => weight))).toBeCloseTo(whole, 8)
    }
  })

  test('all of them have the weights of the Shapley kernel', () => {
    for (const n of [3, 4, 7]) {
      const choose = [1]
      for (let k = 1; k <= n; k++) choose.push((choose[k - 1]! * (n - k + 1)) / k)
      for (const { members, weight } of chooseCoalitions(n, 2 ** (n - 1) - 1, createRandomness(0, 'x'))) {
        const s = members.length
        expect(weight).toBeCloseTo((n - 1) / (choose[s]! * s * (n - s)), 12)
      }
    }
  })

  test('where sizes are sampled, each coalition has its kernel weight on average', () => {
    // n = 6 with 10 pairs: 6 single features; 4 of the 15 + 10 others, whose kernel weights are 5/(15*8) and 5/(20*9).
    const mean = new Map<string, number>()
    const runs = 4000
    for (let seed = 0; seed < runs; seed++) for (const { members, weight } of chooseCoalitions(6, 10, createRandomness(seed, 'x'))) mean.set(members.join(), (mean.get(members.join()) ?? 0) + weight / runs)
    expect(mean.size).toBe(31)
    for (const [key, weight] of mean) expect(weight / (key.length === 1 ? 1 / 6 : key.length === 3 ? 5 / 120 : 5 / 180)).toBeGreaterThan(0.8)
    for (const [key, weight] of mean) expect(weight / (key.length === 1 ? 1 / 6 : key.length === 3 ? 5 / 120 : 5 / 180)).toBeLessThan(1.2)
  })
})
