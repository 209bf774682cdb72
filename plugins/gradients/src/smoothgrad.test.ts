import { createRandomness, eachRow, Host, stackRows, type Attributer, type AttributionRequest, type Model, type Rows } from '@touchstone/core'
import { attributerFromMap, createNetwork, modelFromNetwork } from '@touchstone/network'
import { convModel, denseModel, describeAttributer, networks } from '@touchstone/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import plugin, { gradientMap, inputXGradientMap, smoothGradAttributer, type SmoothGradOptions } from './index.js'

describeAttributer(plugin, 'smoothgrad', { samples: 3 })
describeAttributer(plugin, 'smoothgrad', { samples: 4, variant: 'variance', attributer: 'input-x-gradient', noise: 'independent' })
describeAttributer(plugin, 'smoothgrad', { samples: 2, variant: 'squared', attributer: { use: 'smoothgrad', options: { samples: 3 } }, sd: 0.1, relativeTo: 'none' })

const gradient = attributerFromMap(gradientMap)
const inputXGradient = attributerFromMap(inputXGradientMap)
const defaults: SmoothGradOptions = { attributer: gradient, variant: 'mean', samples: 5, sd: 0.15, relativeTo: 'none', noise: 'shared' }

function request(model: Model, rows: readonly (readonly number[])[], more: Partial<AttributionRequest> = {}): AttributionRequest {
  const inputs = stackRows(rows.map((row) => Float32Array.from(row)), model.inputShape)
  return { model, inputs, targets: rows.map(() => 0), randomness: rows.map((_, i) => createRandomness(0, `example ${i}`)), batchRows: 64, ...more }
}
const smooth = async (options: Partial<SmoothGradOptions>, asked: AttributionRequest): Promise<Rows> => smoothGradAttributer({ ...defaults, ...options }).attribute(asked)

/** Keeps what it is asked, and answers with it. */
function spy(): Attributer & { readonly requests: AttributionRequest[] } {
  const requests: AttributionRequest[] = []
  return {
    requests,
    attribute: (asked) => {
      requests.push(asked)
      return Promise.resolve(asked.inputs)
    },
  }
}

// F_0 = 2 x0 - 3 x1 + 5.
const linear = denseModel([{ kernel: [[2, 0], [-3, 1]], bias: [5, 0] }])

test('on a linear model the gradient is w for any noise: mean w, squared w^2, variance 0', async () => {
  const asked = request(await linear, [[1.5, 2.5], [-1, 4]])
  expect([...(await smooth({ variant: 'mean', sd: 3 }, asked)).data]).toEqual([2, -3, 2, -3])
  expect([...(await smooth({ variant: 'squared', sd: 3 }, asked)).data]).toEqual([4, 9, 4, 9])
  expect([...(await smooth({ variant: 'variance', sd: 3 }, asked)).data]).toEqual([0, 0, 0, 0])
})

test('on a linear model x w has mean x w and variance (sigma w)^2, sigma a share of the range of the input', async () => {
  const asked = request(await linear, [[1.5, 3.5]])
  const options = { attributer: inputXGradient, samples: 4000, sd: 0.25, relativeTo: 'range' } as const
  // sigma = 0.25 x 2.
  const mean = (await smooth(options, asked)).data
  const variance = (await smooth({ ...options, variant: 'variance' }, asked)).data
  const squared = (await smooth({ ...options, variant: 'squared' }, asked)).data
  ;[2, -3].forEach((w, i) => {
    const expected = { mean: [1.5, 3.5][i]! * w, variance: (0.5 * w) ** 2 }
    // Four standard errors.
    expect(Math.abs(mean[i]! - expected.mean)).toBeLessThan((4 * 0.5 * Math.abs(w)) / Math.sqrt(4000))
    expect(Math.abs(variance[i]! / expected.variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000))
    // E[a^2] = Var[a] + E[a]^2.
    expect(squared[i]! / (variance[i]! + mean[i]! ** 2)).toBeCloseTo(1, 6)
  })
})

test('by definition, from copies that are made one by one', async () => {
  const model = await convModel(3)
  const x = Float32Array.from(createRandomness(1, 'x').uniforms('input', 0, 128))
  const randomness = createRandomness(7, 'example')
  const sigma = Math.fround(0.3)
  const maps: Float32Array[] = []
  for (let draw = 0; draw < 6; draw++) {
    const noise = randomness.normals('@touchstone/smoothgrad', draw, 128)
    maps.push((await gradient.attribute(request(model, [[...x].map((value, i) => value + sigma * noise[i]!)]))).data)
  }
  const mean = [...x].map((_, i) => maps.reduce((sum, map) => sum + map[i]!, 0) / 6)
  const squared = [...x].map((_, i) => maps.reduce((sum, map) => sum + map[i]! ** 2, 0) / 6)
  const asked = request(model, [[...x]], { randomness: [randomness] })
  const options = { samples: 6, sd: sigma }
  expect((await smooth({ ...options, variant: 'mean' }, asked)).data).toEqual(Float32Array.from(mean))
  expect((await smooth({ ...options, variant: 'squared' }, asked)).data).toEqual(Float32Array.from(squared))
  const variance = (await smooth({ ...options, variant: 'variance' }, asked)).data
  variance.forEach((value, i) => expect(value).toBeCloseTo(squared[i]! - mean[i]! ** 2, 6))
  expect(Math.max(...variance)).toBeGreaterThan(0)
})

test('with sigma 0 it is the method itself, to the last bit, and VarGrad is 0', async () => {
  await fc.assert(
    fc.asyncProperty(networks(), fc.integer({ min: 1, max: 7 }), async (graph, samples) => {
      const model = modelFromNetwork(createNetwork(graph), { dispose: true })
      const size = model.inputShape.reduce((a, b) => a * b, 1)
      const asked = request(model, [0, 1].map((draw) => [...createRandomness(2, 'x').normals('input', draw, size)]))
      const plain = await gradient.attribute(asked)
      expect((await smooth({ samples, sd: 0 }, asked)).data).toEqual(plain.data)
      expect((await smooth({ samples, sd: 0, variant: 'squared' }, asked)).data).toEqual(plain.data.map((value) => value ** 2))
      expect(Math.max(...(await smooth({ samples, sd: 0, variant: 'variance' }, asked)).data)).toBe(0)
      await model.dispose?.()
    }),
    { numRuns: 15 },
  )
})

test('an input and its neighbour get the same noise; independent noise is another for each, by its bytes', async () => {
  const model = await linear
  const randomness = createRandomness(3, 'example')
  const rows = [[1, 2], [1.25, 2.5], [1, 2]]
  const noise = async (how: SmoothGradOptions['noise']) => {
    const inner = spy()
    await smooth({ attributer: inner, samples: 2, sd: 0.5, noise: how }, request(model, rows, { randomness: rows.map(() => randomness) }))
    const copies = inner.requests.flatMap(({ inputs }) => eachRow(inputs))
    return rows.map((row, r) => [0, 1].map((draw) => [...copies[3 * draw + r]!].map((value, i) => (value - row[i]!).toFixed(5))))
  }
  const [x, neighbour, again] = await noise('shared')
  expect(neighbour).toEqual(x)
  expect(again).toEqual(x)
  expect(x![0]).not.toEqual(x![1])
  const [y, other, same] = await noise('independent')
  expect(other).not.toEqual(y)
  expect(same).toEqual(y)
  expect(y).not.toEqual(x)
})

test('copies of all rows go to the method in batches of about batchRows, with their targets, and random numbers of their own', async () => {
  const model = await linear
  const ask = async (batchRows: number) => {
    const inner = spy()
    const asked = request(model, [[1, 2], [3, 4], [5, 6]], { targets: [0, 1, 0], batchRows })
    const { data } = await smooth({ attributer: inner, samples: 5 }, asked)
    const numbers = inner.requests.flatMap(({ randomness }) => randomness.map((one) => one.uniforms('p', 0, 1)[0]!))
    expect(new Set(numbers).size).toBe(15)
    return { data, batches: inner.requests.map(({ targets }) => targets) }
  }
  const whole = await ask(64)
  expect(whole.batches).toEqual([[0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]])
  // The spy's map is the copy itself: its mean is near the input.
  whole.data.forEach((value, i) => expect(Math.abs(value - (i + 1))).toBeLessThan(0.15 * 4))
  // As many draws of the three rows as fit; one draw of fewer rows.
  expect(await ask(7)).toEqual({ data: whole.data, batches: [[0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 1, 0], [0, 1, 0]] })
  expect(await ask(2)).toEqual({ data: whole.data, batches: [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 0], [0, 0], [0]] })
})

test('presets say what they stand for; what the user gives replaces them', () => {
  const resolve = (use: string, options = {}) => {
    const resolver = new Host([plugin]).resolver()
    const resolved = resolver.resolve('attributer', { use, options }, [])!
    const { attributer, ...rest } = resolved.options
    return { inner: (attributer as { use: string }).use, ...rest }
  }
  expect(resolve('smoothgrad-captum')).toEqual({ inner: 'saliency', variant: 'mean', samples: 5, sd: 1, relativeTo: 'none', noise: 'shared' })
  expect(resolve('smoothgrad-pair')).toEqual({ inner: 'gradient', variant: 'squared', samples: 25, sd: 0.15, relativeTo: 'range', noise: 'shared' })
  expect(resolve('smoothgrad-paper')).toEqual(resolve('smoothgrad'))
  expect(resolve('smoothgrad-captum', { attributer: 'gradient', samples: 9 })).toMatchObject({ inner: 'gradient', samples: 9, sd: 1 })
})

test('what does not fit is told', async () => {
  const problems = (options: Readonly<Record<string, unknown>>) => {
    const resolver = new Host([plugin]).resolver()
    resolver.resolve('attributer', { use: 'smoothgrad', options }, [])
    return resolver.problems.map(({ message }) => message)
  }
  expect(problems({ samples: 0 })).toEqual(['expected at least 1, found 0'])
  expect(problems({ sd: -1 })).toEqual(['expected at least 0, found -1'])
  expect(problems({ variant: 'median' })).toEqual(['expected "mean", "squared" or "variance", found "median"'])
  expect(problems({ attributer: 'gradiend' })).toEqual([expect.stringContaining('no attributer named "gradiend"')])
  const asked = request(await linear, [[1, 2]], { targets: [2] })
  await expect(smooth({}, asked)).rejects.toThrow('there is no output 2: the network has 2')
  await expect(smooth({}, { ...asked, model: { ...asked.model, capabilities: {} } })).rejects.toThrow('use a model with a network')
})
