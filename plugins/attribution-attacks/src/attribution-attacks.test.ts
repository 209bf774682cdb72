import { argmax, createRandomness, Host, mapSizeOf, rowAt, stackRows, type Attributer, type Dataset, type Model, type Neighbour, type SamplerContext } from '@touchstone/core'
import comparisons, { topK } from '@touchstone/comparisons'
import { evaluationPlugin } from '@touchstone/evaluation'
import gradients from '@touchstone/gradients'
import ig from '@touchstone/ig'
import { createNetwork, surrogate, type Graph } from '@touchstone/network'
import { convModel, denseModel } from '@touchstone/testkit'
import { dense, input, weight } from '@touchstone/testkit/graphs'
import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import { normalised, objectiveOf } from './objective.js'
import plugin from './index.js'

const host = new Host([plugin, comparisons, gradients, ig])
const scope = host.open()

async function make<K extends 'sampler' | 'attributer'>(kind: K, use: string, options: object = {}) {
  const resolver = host.resolver()
  const resolved = resolver.resolve(kind, { use, options }, ['it'])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'))
  return scope.create({ ...resolved, kind })
}

let model: Model
beforeAll(async () => {
  await openEngine()
  model = await convModel(7)
})

const dataset = { inputShape: [8, 8, 2], size: 1, range: { low: 0, high: 1 }, fingerprint: 'none' } as unknown as Dataset

async function contextOf(attributer: Attributer, example = 0): Promise<SamplerContext> {
  const input = Float32Array.from(createRandomness(3, `example ${example}`).uniforms('x', 0, 128))
  const outputs = rowAt(await model.predict(stackRows([input], model.inputShape)), 0)
  return { model, example: { id: String(example), input }, outputs, target: argmax(outputs), dataset, randomness: createRandomness(1, String(example)), batchRows: 64, kept: (_what, _key, compute) => compute(), attributer }
}

async function similarity(context: SamplerContext, inputs: readonly Float32Array[], k = 12): Promise<number[]> {
  const { compare } = await topK.create({ k, channels: 'sum-abs' }, {})
  const { attributer, target, randomness } = context
  const all = stackRows([context.example.input, ...inputs], model.inputShape)
  const rows = all.shape[0]!
  const maps = await attributer!.attribute({ model, inputs: all, targets: new Array<number>(rows).fill(target), randomness: new Array(rows).fill(randomness), batchRows: 64 })
  const at = (row: number) => ({ shape: model.inputShape, data: rowAt(maps, row) })
  return inputs.map((_, i) => compare(at(0), at(i + 1)).value!)
}

const budget = { epsilon: 0.1, step: 0.01, iterations: 20, k: 12, criterion: { use: 'top-k', options: { k: 12 } } }
const largestChange = ({ input }: Neighbour, { example }: SamplerContext) => input.reduce((largest, value, i) => Math.max(largest, Math.abs(value - example.input[i]!)), 0)

test.each(['saliency', 'integrated-gradients'])('the most rows that may go through the model at once bound what an attack on %s takes', async (use) => {
  const sampler = await make('sampler', 'attribution-attack', { ...budget, iterations: 2, restarts: 32 })
  const context = await contextOf(await make('attributer', use))
  const peak = async (batchRows: number): Promise<number> => (await tf.profile(async () => { await sampler.sample({ ...context, batchRows }, 1) })).peakBytes
  expect(await peak(1)).toBeLessThan(0.5 * (await peak(64)))
})

describe.each(['top-k', 'mass-centre', 'random', 'target'] as const)('aimed at %s', (aim) => {
  const options = { ...budget, aim, ...(aim === 'target' && { region: { top: 0, left: 0, height: 3, width: 3 } }) }

  test('stays in the box and the range, keeps the class, repeats, and leaves no tensor behind', async () => {
    const sampler = await make('sampler', 'attribution-attack', options)
    const context = await contextOf(await make('attributer', 'saliency'))
    const first = await sampler.sample(context, 2)
    const tensors = tf.memory().numTensors
    expect(await sampler.sample(context, 2)).toEqual(first)
    expect(tf.memory().numTensors).toBe(tensors)
    for (const neighbour of first) {
      expect(largestChange(neighbour, context)).toBeLessThanOrEqual(0.1 + 1e-6)
      expect(Math.min(...neighbour.input)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...neighbour.input)).toBeLessThanOrEqual(1)
      if (neighbour.rejected === undefined) expect(neighbour.predicted).toBe(argmax(context.outputs))
    }
    // Fewer neighbours are the first of more.
    expect(await sampler.sample(context, 1)).toEqual(first.slice(0, 1))
  })
})

// Where windows change their largest value a gradient jumps: means in their place.
const smoothGraph: Graph = {
  nodes: [
    input(8, 8, 2),
    { op: 'conv2d', id: 'conv', inputs: ['x'], strides: [1, 1], padding: 'valid', weights: { kernel: weight([3, 3, 2, 4], 'conv'), bias: weight([4], 'bias') } },
    { op: 'activation', id: 'bent', inputs: ['conv'], name: 'relu' },
    { op: 'average-pool', id: 'pool', inputs: ['bent'], size: [2, 2], strides: [2, 2], padding: 'valid' },
    { op: 'reshape', id: 'flat', inputs: ['pool'], shape: [-1] },
    dense('out', 'flat', weight([36, 3], 'out')),
  ],
  output: 'out',
}

test.each((['top-k', 'mass-centre', 'target'] as const).flatMap((aim) => ['saliency', 'input-x-gradient', 'integrated-gradients'].map((use) => [aim, use] as const)))('aimed at %s of %s, what is climbed has the gradient of finite differences', async (aim, use) => {
  const network = createNetwork(surrogate(smoothGraph, { beta: 1 }))
  const { map } = await make('attributer', use, use === 'integrated-gradients' ? { steps: 5 } : {})
  const draw = (purpose: string) => Float32Array.from(createRandomness(5, 'x').uniforms(purpose, 0, 128))
  const size = { height: 8, width: 8 }
  const objective = objectiveOf({ aim, k: 12, w: 1, region: { top: 1, left: 2, height: 3, width: 4 } }, size)
  const known = tf.tensor2d([Array.from(objective.known({ shape: [8, 8, 2], data: draw('clean') }))])
  const f = (at: tf.Tensor) => tf.sum(objective.value(normalised(map!(network, at, [1]), size), known))
  const [x, direction] = [tf.tensor(draw('x'), [1, 8, 8, 2]), tf.tensor(draw('direction').map((u) => u - 0.5), [1, 8, 8, 2])]
  const slope = tf.tidy(() => tf.sum(tf.mul(tf.grad(f)(x), direction)).dataSync()[0]!)
  const h = 5e-3
  const at = (sign: number) => tf.tidy(() => f(tf.add(x, tf.mul(direction, sign * h))).dataSync()[0]!)
  const difference = (at(1) - at(-1)) / (2 * h)
  expect(Math.abs(slope - difference)).toBeLessThan(0.02 * Math.abs(difference))
  network.dispose()
})

test.each(['saliency', 'integrated-gradients'])('the attack on the top pixels of %s takes more of them away than random signs of the same size', async (use) => {
  const attributer = await make('attributer', use, use === 'saliency' ? {} : { steps: 8 })
  const attack = await make('sampler', 'attribution-attack', budget)
  const random = await make('sampler', 'random-sign', { epsilon: 0.1, sameClass: false })
  const attacked: number[] = []
  const moved: number[] = []
  for (let example = 0; example < 6; example++) {
    const context = await contextOf(attributer, example)
    attacked.push(...(await similarity(context, (await attack.sample(context, 1)).map(({ input }) => input))))
    moved.push(...(await similarity(context, (await random.sample(context, 1)).map(({ input }) => input))))
  }
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  expect(mean(attacked)).toBeLessThan(mean(moved))
})

test('the place that is returned is the one whose map was furthest away on the way', async () => {
  const attributer = await make('attributer', 'saliency')
  const context = await contextOf(attributer)
  const values = await Promise.all([5, 10, 20].map(async (iterations) => (await similarity(context, (await (await make('sampler', 'attribution-attack', { ...budget, iterations })).sample(context, 1)).map(({ input }) => input)))[0]!))
  // More steps never give a place that is less far away.
  expect(values[1]).toBeLessThanOrEqual(values[0]!)
  expect(values[2]).toBeLessThanOrEqual(values[1]!)
})

test('restarts never do worse', async () => {
  const context = await contextOf(await make('attributer', 'saliency'))
  const of = async (restarts: number) => (await similarity(context, (await (await make('sampler', 'attribution-attack', { ...budget, restarts })).sample(context, 1)).map(({ input }) => input)))[0]!
  expect(await of(4)).toBeLessThanOrEqual(await of(1))
})

test('random signs move every value by epsilon, cut to the range', async () => {
  const context = await contextOf(await make('attributer', 'saliency'))
  const neighbours = await (await make('sampler', 'random-sign', { epsilon: 0.05 })).sample(context, 3)
  for (const { input } of neighbours)
    input.forEach((value, i) => {
      const origin = context.example.input[i]!
      expect([Math.min(1, origin + 0.05), Math.max(0, origin - 0.05)].some((end) => Math.abs(end - value) < 1e-6)).toBe(true)
    })
  expect(new Set(neighbours.map(({ input }) => input.join())).size).toBe(3)
})

test('objectives by hand', () => {
  const map = tf.tensor(Float32Array.of(1, 0, 0, 0, 3, 0, 0, 0, 5), [1, 3, 3, 1])
  const clean = { shape: [3, 3, 1], data: Float32Array.of(1, 0, 0, 0, 3, 0, 0, 0, 5) }
  const [options, maps] = [{ k: 1, w: 0, region: { top: 0, left: 0, height: 2, width: 2 } }, normalised(map, mapSizeOf(clean))]
  const value = (aim: 'top-k' | 'mass-centre' | 'target', more = {}) => {
    const objective = objectiveOf({ ...options, aim, ...more }, mapSizeOf(clean))
    return objective.value(maps, tf.tensor2d([Array.from(objective.known(clean))])).dataSync()[0]
  }
  expect(value('top-k')).toBeCloseTo(-5, 5)
  expect(value('top-k', { w: 1 })).toBeCloseTo(-8, 5)
  expect(value('target')).toBeCloseTo(4, 5)
  // Its centre is (0 + 3 + 10) / 9 = 13 / 9 on both axes, cut to 1.
  expect(value('mass-centre')).toBeCloseTo(2 * (13 / 9 - 1) ** 2, 5)
})

describe('examples that are attacked side by side', () => {
  const attacked = async (wrap: (own: Attributer) => Partial<Attributer>, { steps = 8, ...options }: { readonly steps?: number; readonly aim?: string; readonly restarts?: number } = {}) => {
    const own = await make('attributer', 'integrated-gradients', { steps })
    const attributer = { ...own, ...wrap(own) }
    const sampler = await make('sampler', 'attribution-attack', { ...budget, iterations: 6, ...options })
    const contexts = await Promise.all([0, 1, 2].map(async (example): Promise<SamplerContext> => {
      const context = await contextOf(attributer, example)
      return { ...context, target: (context.target + example) % context.outputs.length }
    }))
    return { contexts, sample: (context: SamplerContext) => sampler.sample(context, 1) }
  }

  test.each([
    ['top-k', 8, [6]],
    ['mass-centre', 8, [6]],
    ['top-k', 60, [4, 2]],
    ['random', 8, []],
  ])('are asked together, by their restarts, and get what they get alone: %s, %i points', async (aim, steps, together) => {
    const [maps, differentiated]: [number[], number[]] = [[], []]
    const { contexts, sample } = await attacked(
      (own) => ({
        attribute: (request) => (maps.push(request.inputs.shape[0]!), own.attribute(request)),
        map: (network, x, ...rest) => (differentiated.push(x.shape[0]), own.map!(network, x, ...rest)),
      }),
      { aim, steps, restarts: 2 },
    )
    const alone: (readonly Neighbour[])[] = []
    for (const context of contexts) alone.push(await sample(context))
    expect(maps).toEqual([1, 2, 3].flatMap(() => [1, 2, 2, 2, 2, 2, 2]))
    maps.length = differentiated.length = 0
    expect(await Promise.all(contexts.map(sample))).toEqual(alone)
    expect(maps).toEqual([3, 6, 6, 6, 6, 6, 6])
    // 256 rows at most: of 60 points those of two examples with two restarts each.
    expect(differentiated).toEqual(Array.from({ length: 6 }, () => together).flat())
  })

  test('what leaves a broken engine behind is not tried again', async () => {
    let calls = 0
    const { contexts, sample } = await attacked(() => ({ attribute: () => (calls++, Promise.reject(new WebAssembly.RuntimeError('unreachable'))) }))
    const settled = await Promise.allSettled(contexts.map(sample))
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(calls).toBe(1)
  })

  test('one for which the method has no map fails alone', async () => {
    const { contexts, sample } = await attacked((own) => ({
      attribute: async (request) => {
        if (request.inputs.data.some((value) => Number.isNaN(value))) throw new Error('no map')
        return own.attribute(request)
      },
    }))
    const expected = await sample(contexts[0]!)
    contexts[1]!.example.input.fill(Number.NaN)
    expect(await Promise.allSettled(contexts.slice(0, 2).map(sample))).toMatchObject([{ value: expected }, { status: 'rejected', reason: { message: 'no map' } }])
  })
})

test('what cannot be attacked is told', async () => {
  const attributer = await make('attributer', 'saliency')
  const context = await contextOf(attributer)
  const attack = await make('sampler', 'attribution-attack', budget)
  await expect(attack.sample({ ...context, attributer: { attribute: attributer.attribute } }, 1)).rejects.toThrow('this attack differentiates the map of the method under test, which is no tensor function')
  await expect(attack.sample({ ...context, model: { ...model, capabilities: {} } }, 1)).rejects.toThrow('needs the gradient of the model')
  await expect(make('sampler', 'attribution-attack', { aim: 'target' })).rejects.toThrow('region: the aim "target" needs the region that is pushed up')
  await expect(make('sampler', 'attribution-attack', { epsilon: 0.1, step: 0.3 })).rejects.toThrow('step: expected at most twice epsilon, 0.2, found 0.3')
  const far = await make('sampler', 'attribution-attack', { ...budget, aim: 'target', region: { top: 6, left: 6, height: 3, width: 3 } })
  await expect(far.sample(context, 1)).rejects.toThrow('the region of 3 x 3 pixels at 6, 6 does not lie in a map of 8 x 8')
})

test('on a deep network the same steps do more harm where its smooth copy has sharper bends', async () => {
  const randomness = createRandomness(5, 'deep')
  const widths = [64, 24, 24, 24, 24, 24, 3]
  const deep = await denseModel(widths.slice(1).map((units, layer) => ({
    kernel: Array.from({ length: widths[layer]! }, (_, i) => [...randomness.normals(`kernel ${layer}`, i, units)].map((value) => value * Math.sqrt(2 / widths[layer]!))),
    bias: new Array<number>(units).fill(0),
  })))
  const saliency = await make('attributer', 'saliency')
  const { compare } = await topK.create({ k: 8, channels: 'sum-abs' }, {})
  const left = async (beta: number): Promise<number> => {
    const sampler = await make('sampler', 'attribution-attack', { epsilon: 0.1, step: 0.01, iterations: 20, k: 8, beta })
    let sum = 0
    for (let example = 0; example < 6; example++) {
      const input = Float32Array.from(randomness.uniforms('input', example, 64))
      const outputs = rowAt(await deep.predict(stackRows([input], deep.inputShape)), 0)
      const context: SamplerContext = { model: deep, example: { id: String(example), input }, outputs, target: argmax(outputs), dataset: { ...dataset, inputShape: [64] }, randomness, batchRows: 64, kept: (_what, _key, compute) => compute(), attributer: saliency }
      const [attacked] = await sampler.sample(context, 1)
      const maps = await saliency.attribute({ model: deep, inputs: stackRows([input, attacked!.input], [64]), targets: [context.target, context.target], randomness: [randomness, randomness], batchRows: 64 })
      const at = (row: number) => ({ shape: [64], data: rowAt(maps, row) })
      sum += compare(at(0), at(1)).value!
    }
    return sum / 6
  }
  expect(await left(10)).toBeLessThan((await left(1)) / 2)
})

test('what an attack costs is told beforehand: an output and a map of each step, one after the other', () => {
  const judging = new Host([plugin, comparisons, evaluationPlugin])
  const resolved = judging.resolver().resolve('score', { use: 'robustness', options: { sampler: { use: 'attribution-attack', options: { iterations: 10, restarts: 2 } }, comparison: 'kendall', samples: 3 } }, ['it'])!
  expect(judging.cost(resolved)).toEqual({ rows: 3 * 21, maps: 3, mapsInTurn: 3 * 21, adaptive: true })
})
