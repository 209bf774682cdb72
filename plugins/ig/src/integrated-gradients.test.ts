import { baselineValues, Host, rowAt, sliceRows, type AttributionRequest, type Baseline, type Model } from '@touchstone/core'
import { createNetwork, networkOf, surrogate } from '@touchstone/network'
import { convModel, denseModel, describeAttributer, networks } from '@touchstone/testkit'
import { tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { cases, ig, onModel, randomInput, requestFor, sum } from './cases.test.data.js'
import plugin, { integratedGradients, integratedGradientsMap, quadratureRules, type IntegratedGradientsOptions } from './index.js'

describeAttributer(plugin, 'integrated-gradients', { steps: 5 })
describe('several baselines', () => describeAttributer(plugin, 'integrated-gradients', { steps: 3, baseline: { examples: 4 } }))
describe('adaptive', () => describeAttributer(plugin, 'integrated-gradients', { steps: 1, delta: 1e-3, maxSteps: 16, quadrature: 'riemann-middle' }))
describe('without the input factor', () => describeAttributer(plugin, 'integrated-gradients', { steps: 4, inputFactor: false, quadrature: 'trapezoid', baseline: 'mean' }))

const mapsOf = async (request: AttributionRequest, options: Partial<IntegratedGradientsOptions>) => {
  const maps = await ig(options).attribute(request)
  return { maps: request.targets.map((_, row) => rowAt(maps, row)), gaps: maps.diagnostics!['convergence-delta']! }
}

const outputOf = async ({ inputShape, predict }: Model, input: Float32Array, target: number) => (await predict({ shape: [1, ...inputShape], data: input })).data[target]!

test('on a linear model the map is w (x - x0) with a single step', async () => {
  const model = await denseModel([{ kernel: [[2, 0], [-3, 1]], bias: [5, 0] }])
  const request = { ...requestFor(model, 0, 1), inputs: { shape: [1, 2], data: Float32Array.of(1.5, 2.5) } }
  const { maps, gaps } = await mapsOf(request, { steps: 1, baseline: 0.5 })
  expect([...maps[0]!]).toEqual([2 * 1, -3 * 2])
  expect(gaps).toEqual([0])
  expect([...(await ig({ steps: 1, baseline: [0.5, 7], inputFactor: false }).attribute(request)).data]).toEqual([2, -3])
})

// f(x1, x2) = relu(relu(x1) - 1 - relu(x2)) at (3, 1): 1.5 and -0.5, the example of the paper's appendix.
test('on the function of the paper the integral is met', async () => {
  const model = await denseModel([
    { kernel: [[1, 0], [0, 1]], bias: [0, 0] },
    { kernel: [[1, 0], [-1, 0]], bias: [-1, 0] },
    { kernel: [[1, 0], [0, 1]], bias: [0, 0] },
  ])
  const request = { ...requestFor(model, 0, 1), inputs: { shape: [1, 2], data: Float32Array.of(3, 1) } }
  for (const quadrature of quadratureRules) {
    const { maps } = await mapsOf(request, { steps: 1000, quadrature })
    expect(maps[0]![0]).toBeCloseTo(1.5, 2)
    expect(maps[0]![1]).toBeCloseTo(-0.5, 2)
  }
})

const baselines: fc.Arbitrary<Baseline> = fc.constantFrom<Baseline[]>(0, 0.5, 'mean', { average: [0, 1, 'mean'] }, { examples: 3 })

test('completeness: maps add up to F(x) - F(x0) for every rule and baseline, and the gap is reported as it is', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks()), fc.constantFrom(...quadratureRules), baselines, async (one, quadrature, baseline) => {
      await onModel(one, async (model, request) => {
        const values = await baselineValues(baseline, model.inputShape, request.reference, 'test')
        const { maps, gaps } = await mapsOf(request, { steps: 200, quadrature, baseline })
        for (const [row, target] of request.targets.entries()) {
          const f = await outputOf(model, rowAt(request.inputs, row), target)
          const f0 = await Promise.all(values.map((x0) => outputOf(model, x0, target)))
          const gap = sum(maps[row]!) - (f - sum(f0) / f0.length)
          const scale = Math.max(1, Math.abs(f), ...f0.map(Math.abs), sum(maps[row]!.map(Math.abs)))
          expect(Math.abs(gap - gaps[row]!)).toBeLessThan(1e-5 * scale)
          // Riemann's left and right sums are off by half a step's change of the slope, 1 / 400 of it; kinks cost no more.
          expect(Math.abs(gap)).toBeLessThan(0.02 * scale)
        }
      })
    }),
    { numRuns: 15 },
  )
})

test('the gap shrinks as steps double, for smooth networks to rounding', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks({ smooth: true })), async (one) => {
      await onModel(one, async (_model, request) => {
        const largest = async (steps: number, quadrature: IntegratedGradientsOptions['quadrature']) => Math.max(...(await mapsOf(request, { steps, quadrature })).gaps.map(Math.abs))
        const scale = Math.max(1, ...(await mapsOf(request, { steps: 4 })).maps.map((map) => sum(map.map(Math.abs))))
        expect(await largest(32, 'gauss-legendre')).toBeLessThan(2e-4 * scale)
        for (const quadrature of quadratureRules) {
          const [few, more, many] = [await largest(8, quadrature), await largest(32, quadrature), await largest(128, quadrature)]
          // Errors fall at least in proportion to the steps; what rounding leaves does not grow with them.
          expect(more, quadrature).toBeLessThan(few / 2 + 1e-4 * scale)
          expect(many, quadrature).toBeLessThan(more / 2 + 1e-4 * scale)
        }
      })
    }),
    { numRuns: 8 },
  )
})

test('adaptive steps reach the delta, and pay for no row that is there', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks({ smooth: true })), fc.constantFrom(...quadratureRules), async (one, quadrature) => {
      await onModel(one, async (model, request) => {
        const delta = 5e-2
        const options = { steps: 2, quadrature, delta, maxSteps: 4096 }
        const before = model.rowsRun()
        const { maps, gaps } = await mapsOf(request, options)
        const together = model.rowsRun() - before
        for (const gap of gaps) expect(Math.abs(gap)).toBeLessThan(delta + 1e-4)
        let alone = 0
        for (const row of [0, 1]) {
          const start = model.rowsRun()
          const single = await mapsOf({ ...request, inputs: sliceRows(request.inputs, row, row + 1), targets: [request.targets[row]!], batchRows: 5 }, options)
          expect(single.maps[0]).toEqual(maps[row])
          alone += model.rowsRun() - start
        }
        expect(together).toBe(alone)
      })
    }),
    { numRuns: 8 },
  )
})

test('steps double up to maxSteps and no further; each attempt is a fixed rule', async () => {
  const model = await convModel(4)
  const request = requestFor(model, 3)
  const before = model.rowsRun()
  const impossible = await mapsOf(request, { steps: 3, delta: 1e-12, maxSteps: 23 })
  expect(model.rowsRun() - before).toBe(2 * (3 + 6 + 12 + 2))
  expect(impossible).toEqual(await mapsOf(request, { steps: 12 }))
  expect(await mapsOf(request, { steps: 3, delta: 1e6 })).toEqual(await mapsOf(request, { steps: 3 }))
})

test('several baselines are the mean of single ones', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks()), fc.boolean(), async (one, inputFactor) => {
      await onModel(one, async (_model, request) => {
        const list = [0, 0.3, 'mean'] as const
        const of = async (baseline: Baseline) => (await ig({ steps: 6, inputFactor, baseline }).attribute(request)).data
        const singles = await Promise.all(list.map(of))
        const all = await of({ average: list })
        all.forEach((value, i) => expect(value).toBeCloseTo(sum(singles.map((map) => map[i]!)) / 3, 4))
      })
    }),
    { numRuns: 10 },
  )
})

test('the synchronous tensor function and the attributer agree, whatever the rule', async () => {
  await fc.assert(
    fc.asyncProperty(cases(networks()), fc.constantFrom(...quadratureRules), fc.boolean(), async (one, quadrature, inputFactor) => {
      await onModel(one, async (model, request) => {
        const map = await ig({ steps: 7, quadrature, inputFactor, baseline: 0.25 }).attribute(request)
        const direct = tf.tidy(() => integratedGradientsMap({ steps: 7, quadrature, inputFactor, baseline: 0.25 })(networkOf(model), tf.tensor(request.inputs.data, [...request.inputs.shape]), request.targets))
        const values = (await direct.data()) as Float32Array
        direct.dispose()
        const scale = Math.max(1, ...values.map(Math.abs))
        map.data.forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThan(1e-4 * scale))
      })
    }),
    { numRuns: 10 },
  )
})

test('the tensor function can be differentiated on a surrogate, as finite differences say', async () => {
  const { graph } = networkOf(await convModel(2))
  const smooth = createNetwork(surrogate({ nodes: graph.places.map(({ node }) => node), output: graph.output }, { beta: 2 }))
  const tensor = (draw: number) => tf.tensor(randomInput([8, 8, 2], 1, draw), [1, 8, 8, 2])
  const [x, direction, weights] = [tensor(0), tensor(1), tensor(2)]
  for (const inputFactor of [true, false]) {
    const value = (at: tf.Tensor): tf.Scalar => tf.sum(tf.mul(integratedGradientsMap({ steps: 4, inputFactor, baseline: tensor(3) })(smooth, at, [1]), weights))
    const slope = (await tf.sum(tf.mul(tf.grad((at: tf.Tensor) => value(at))(x), direction)).data())[0]!
    // Short steps: max-pooling stays, with its kinks.
    const h = 1e-3
    const [above, below] = [(await value(tf.add(x, tf.mul(direction, h))).data())[0]!, (await value(tf.sub(x, tf.mul(direction, h))).data())[0]!]
    expect(slope / ((above - below) / (2 * h))).toBeCloseTo(1, 1)
  }
})

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ steps: 0 }, 'steps: expected at least 1, found 0'],
  [{ steps: 2.5 }, 'steps: expected a whole number, found 2.5'],
  [{ quadrature: 'simpson' }, 'quadrature: expected "gauss-legendre", "riemann-left", "riemann-right", "riemann-middle", "trapezoid", found "simpson"'],
  [{ quadrature: 'trapezoid', steps: 1 }, 'steps: the trapezoid rule needs at least 2 points, found 1'],
  [{ baseline: 'black' }, 'baseline: expected a number, "mean", or a nested list'],
  [{ baseline: { examples: 0 } }, 'baseline: expected a number'],
  [{ delta: 0 }, 'delta: expected a number above 0, found 0'],
  [{ delta: 0.1, inputFactor: false }, 'delta: maps add up to F(x) - F(x0) only with the input factor'],
  [{ delta: 0.1, maxSteps: 40 }, 'maxSteps: expected at least steps, 50, found 40'],
  [{ inputFactor: 1 }, 'inputFactor: expected true or false, found 1'],
])('the options %j are refused before any work', (options, message) => {
  const resolver = new Host([plugin]).resolver()
  resolver.resolve('attributer', { use: 'integrated-gradients', options }, ['ig'])
  expect(resolver.problems.map(({ path, message: text }) => `${path.slice(2).join('.')}: ${text}`)).toEqual([expect.stringContaining(message)])
})

test('what does not fit the model is one clear error', async () => {
  const model = await convModel(1)
  const request = requestFor(model, 1)
  await expect(ig({ baseline: [[1, 2, 3]] }).attribute(request)).rejects.toThrow('integrated-gradients: baseline has shape [1, 3], which does not fit inputs of shape [8, 8, 2]')
  await expect(ig().attribute({ ...request, targets: [0, 3] })).rejects.toThrow('there is no output 3: the network has 3, counted from 0')
  await expect(ig({ inputFactor: false }).attribute({ ...request, targets: [-1, 0] })).rejects.toThrow('there is no output -1')
  await expect(ig().attribute({ ...request, targets: [0] })).rejects.toThrow('there is no output undefined')
  await expect(ig().attribute({ ...request, model: { ...model, capabilities: {} } })).rejects.toThrow('this method needs the gradient of the model, which it does not offer: use a model with a network, such as layers-model; methods that ask for outputs alone would work, such as occlusion')
})

test('batches are as large as the request, and larger only where a pass is small', async () => {
  const model = await convModel(1)
  const seen: number[] = []
  const network = networkOf(model)
  const spy = vi.spyOn(network, 'countRows').mockImplementation((rows) => seen.push(rows))
  const sizes = async (mflopPerRow: number, rows: number, batchRows: number) => {
    seen.length = 0
    await ig({ steps: 6, inputFactor: false }).attribute({ ...requestFor(model, 1, rows), model: { ...model, mflopPerRow }, batchRows })
    return [...seen]
  }
  expect(await sizes(1, 1, 64)).toEqual([6])
  expect(await sizes(400, 1, 64)).toEqual([3, 3])
  expect(await sizes(30_000, 1, 64)).toEqual([1, 1, 1, 1, 1, 1])
  expect(await sizes(30_000, 4, 64)).toEqual([4, 4, 4, 4, 4, 4])
  expect(await sizes(1, 4, 5)).toEqual([5, 5, 5, 5, 4])
  spy.mockRestore()
})

test('the cost is what is run, and a bound where steps adapt', () => {
  const options = { steps: 50, quadrature: 'gauss-legendre', baseline: 0, inputFactor: true, delta: undefined, maxSteps: 1600 } as const
  expect(integratedGradients.cost!(options)).toEqual({ rows: 52 })
  expect(integratedGradients.cost!({ ...options, inputFactor: false })).toEqual({ rows: 50 })
  expect(integratedGradients.cost!({ ...options, baseline: { examples: 3 } })).toEqual({ rows: 154 })
  expect(integratedGradients.cost!({ ...options, delta: 0.1, maxSteps: 399 })).toEqual({ rows: 50 + 100 + 200 + 2, adaptive: true })
})
