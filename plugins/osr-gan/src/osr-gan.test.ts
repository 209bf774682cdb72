import { eachRow, Host, l2Distance, Logger, stackRows, type Model, type Neighbour, type SamplerContext } from '@touchstone/core'
import comparisons from '@touchstone/comparisons'
import { modelFromLayers } from '@touchstone/network'
import { convModel } from '@touchstone/testkit'
import { layers, openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.js'
import type { Trained } from './gan/train.js'
import { marginOf } from './similar.js'
import { contextOf } from './similar.test.data.js'

const told: string[] = []
const host = new Host([plugin, comparisons])
const scope = host.open([{ token: Logger, value: { info: (message: string) => told.push(message), warn: (message: string) => told.push(message) } }])

async function make(options: object = {}, use = 'osr-gan') {
  const resolver = host.resolver()
  const resolved = resolver.resolve('sampler', { use, options }, ['it'])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`).join('\n'))
  return scope.create({ ...resolved, kind: 'sampler' })
}

/** Small players, which learn as fast with longer steps. */
const small = { hidden: [32, 64], learningRate: 2e-3, maxSteps: 60 }

let model: Model
let context: SamplerContext
beforeAll(async () => {
  await openEngine()
  model = await convModel(3)
  context = await contextOf(model, Float32Array.from({ length: 128 }, (_, i) => 0.5 + 0.4 * Math.sin(i)))
})

const shareAccepted = (neighbours: readonly Neighbour[]) => neighbours.filter(({ rejected }) => rejected === undefined).length / neighbours.length

describe('the defaults', () => {
  test('reach acceptance within 60 steps, fill the band, and differ from one another', async () => {
    told.length = 0
    const tensors = tf.memory().numTensors
    const neighbours = await (await make(small)).sample(context, 100)
    expect(tf.memory().numTensors).toBe(tensors)
    expect(shareAccepted(neighbours)).toBeGreaterThanOrEqual(0.9)
    const delta = 0.3 * marginOf(context.outputs)
    const distances = neighbours.map(({ logitDistance }) => logitDistance / delta)
    expect(Math.min(...distances)).toBeLessThan(-0.3)
    expect(Math.max(...distances)).toBeGreaterThan(0.3)
    expect(l2Distance(neighbours[0]!.input, neighbours[1]!.input)).toBeGreaterThan(0.05)
    for (const { input } of neighbours) expect(input.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(told.at(-1)).toMatch(/^osr-gan, a: step \d+, 9\d % accepted|100 % accepted, .* \(generator /)
  })

  test('accept what the rules say, and nothing else', async () => {
    const rho = 0.5
    const neighbours = await (await make({ ...small, maxSteps: 3, acceptance: 0, rho, delta: { logit: 0.02 } })).sample(context, 100)
    expect(new Set(neighbours.map(({ rejected }) => rejected)).size).toBeGreaterThan(1)
    for (const { rejected, predicted, logitDistance, inputDistance } of neighbours) {
      const reason = predicted !== context.target ? 'other class' : Math.abs(logitDistance) > 0.02 ? 'logit too far' : inputDistance.l2 > rho ? 'input too far' : undefined
      expect(rejected).toBe(reason)
    }
  })
})

const few = { ...small, maxSteps: 5 }

test('the same seed gives the same samples, another seed others', async () => {
  const samples = await (await make(few)).sample(context, 4)
  // Trained anew, the generator is the same; with another seed it is not.
  expect(await (await make(few)).sample(context, 4)).toEqual(samples)
  expect((await (await make(few)).sample(await contextOf(model, context.example.input, { seed: 2 }), 4))[0]!.input).not.toEqual(samples[0]!.input)
})

test.each([['osr-gan', few], ['level-set', {}]])('%s sends no more rows through the classifier at once than it may', async (use, options) => {
  // Its activations take more than all else.
  const wide = await modelFromLayers(layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [8, 8, 2], filters: 256, kernelSize: 3, activation: 'relu', kernelInitializer: layers.initializers.heNormal({ seed: 1 }) }),
      layers.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      layers.layers.dense({ units: 3, kernelInitializer: layers.initializers.heNormal({ seed: 2 }) }),
    ],
  }), { dispose: true })
  // As an evaluation's model, which sees to the rows of its predictions itself.
  const predict: Model['predict'] = async (rows) => stackRows(await Promise.all(eachRow(rows).map(async (row) => (await wide.predict(stackRows([row], wide.inputShape))).data)), [3])
  const itsContext = { ...(await contextOf(wide, context.example.input)), model: { ...wide, predict } }
  const peak = async (batchRows: number): Promise<number> => (await tf.profile(async () => { await (await make(options, use)).sample({ ...itsContext, batchRows }, 64) })).peakBytes
  expect(await peak(4)).toBeLessThan(0.5 * (await peak(64)))
})

test('more samples train nothing again', async () => {
  const stored = new Map<string, unknown>()
  let trained = 0
  const kept: SamplerContext['kept'] = async <T>(_what: unknown, key: string, compute: () => Promise<T>) => {
    if (!stored.has(key)) {
      trained++
      stored.set(key, structuredClone(await compute()))
    }
    return structuredClone(stored.get(key)) as T
  }
  const [first] = await (await make(few)).sample({ ...context, kept }, 4)
  const rows = model.rowsRun()
  await (await make(few)).sample({ ...context, kept }, 70)
  expect(trained).toBe(1)
  expect(model.rowsRun() - rows).toBe(70)
  // Kept in half precision, and with it drawn from at once.
  expect((([...stored.values()][0] as Trained).halves).every((halves) => halves instanceof Uint16Array)).toBe(true)
  expect(first!.diagnostics).toEqual({ 'training steps': 5 })
  await (await make({ ...few, dropout: 0.2 })).sample({ ...context, kept }, 1)
  expect(trained).toBe(2)
})

// Products of matrices give a row the same bits in any company on our own kernels; libraries for cards choose another order of sums by how many rows there are.
test.each([0, 0.3])('a sample depends on itself alone, not on how many there are, dropout at sampling of %s', async (generatorDropout) => {
  const sampler = await make({ ...few, generatorDropout, dropoutAtSampling: generatorDropout > 0 })
  expect((await sampler.sample(context, 70)).slice(0, 4)).toEqual(await sampler.sample(context, 4))
})

test('inputs that are trained side by side are what they are alone', async () => {
  const other = await contextOf(model, context.example.input.map((value) => 1 - value), { id: 'b' })
  const sampler = await make({ ...small, maxSteps: 3 })
  const together = await Promise.all([sampler.sample(context, 2), sampler.sample(other, 2)])
  expect(together).toEqual([await sampler.sample(context, 2), await sampler.sample(other, 2)])
})

test.each(['literal', 'band'] as const)('the loss %s moves the logit as its formula says', async (logitLoss) => {
  const delta = 0.2
  const neighbours = await (await make({ ...small, delta: { logit: delta }, logitLoss, acceptance: 1, adversarialWeight: 0, classWeight: 0, sameClass: false })).sample(context, 50)
  const distances = neighbours.map(({ logitDistance }) => logitDistance).sort((a, b) => a - b)
  const median = distances[25]!
  // The one ends where the logit is delta lower, the other anywhere inside.
  if (logitLoss === 'literal') expect(median).toBeGreaterThan(0.6 * delta)
  else expect(Math.abs(median)).toBeLessThan(delta)
})

test('dropout at sampling makes samples of a generator with dropout differ more', async () => {
  const options = { ...small, generatorDropout: 0.3, maxSteps: 20 }
  const spread = (neighbours: readonly Neighbour[]) => neighbours.slice(1).reduce((sum, { input }, i) => sum + l2Distance(input, neighbours[i]!.input), 0)
  const [without, withDropout] = [await (await make(options)).sample(context, 20), await (await make({ ...options, dropoutAtSampling: true })).sample(context, 20)]
  expect(spread(withDropout)).toBeGreaterThan(spread(without))
})

test('a generator that never comes near stops by its budget; what it makes is refused with reasons', async () => {
  told.length = 0
  // No start at the input, and no time: images of noise.
  const neighbours = await (await make({ ...small, biasInit: false, maxSteps: 2, delta: { margin: 1e-3 } })).sample(context, 30)
  expect(neighbours).toHaveLength(30)
  expect(shareAccepted(neighbours)).toBeLessThan(0.5)
  expect(told.at(-1)).toContain('step 2, ')
})

test('a model that takes long is told of before it is asked anything', async () => {
  const said = async (mflopPerRow: number): Promise<string> => {
    told.length = 0
    await (await make({ ...small, maxSteps: 1 })).sample({ ...context, model: { ...model, mflopPerRow } }, 1)
    return told[0]!
  }
  // 32 rows forward and back, a tenth of a probe of 128 forward: 76.8 rows of 2 GFLOP; the players add next to nothing.
  expect(await said(2000)).toBe('osr-gan, a: the model takes 2000 MFLOP a row: some 10 s for the fewest steps, 1, and 10 s for the most, 1, at 15 GFLOP/s')
  expect(await said(400)).toContain('step 1, ')
})

test('low-rank and ascending players learn too', async () => {
  const neighbours = await (await make({ ...small, generator: 'low-rank', discriminator: 'ascending' })).sample(context, 50)
  expect(shareAccepted(neighbours)).toBeGreaterThanOrEqual(0.8)
})

describe('bad input', () => {
  test.each([
    [{ delta: { margin: 0 } }, 'options.delta.margin: expected a margin above 0'],
    [{ delta: { logit: -5 } }, 'options.delta.logit: expected a logit above 0'],
    [{ delta: 5 }, 'options.delta: expected { margin: a number above 0 } or { logit: a number above 0 }'],
    [{ rho: 0 }, 'options.rho: expected a distance above 0'],
    [{ hidden: [] }, 'options.hidden: expected at least one width'],
    [{ dropout: 1 }, 'options.dropout: expected less than 1'],
    [{ logitLoss: 'eq4' }, 'options.logitLoss: expected "target", "band", "literal"'],
  ])('%j', async (options, message) => {
    await expect(make(options)).rejects.toThrow(message)
  })

  test('a model that cannot be differentiated, and players that do not fit into memory', async () => {
    const sampler = await make()
    expect(() => sampler.fits!({ ...model, capabilities: {} }, context.dataset)).toThrow('this method needs the gradient of the model')
    const large = { ...model, inputShape: [224, 224, 3] }
    expect(() => sampler.fits!(large, context.dataset)).not.toThrow()
    const linear = await make({ generator: 'linear', discriminator: 'mirror' })
    expect(() => linear.fits!({ ...model, inputShape: [224, 224, 1] }, context.dataset)).not.toThrow()
    expect(() => linear.fits!(large, context.dataset)).toThrow('generator and discriminator have 622 million weights for inputs of this size and take 9.3 GiB, more than the wasm backend has: use generator "low-rank"')
  })

  test('an input on which the model is undecided', async () => {
    const neighbours = await (await make(small)).sample({ ...context, outputs: Float32Array.of(2, 2, 1) }, 2)
    expect(neighbours.map(({ rejected }) => rejected)).toEqual(new Array(2).fill('the model is undecided: delta is a share of a lead of 0'))
  })
})
