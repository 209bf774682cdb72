import { l2Distance, mean, type Model, type OptionsOf } from '@touchstone/core'
import { convModel } from '@touchstone/testkit'
import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { levelSet } from './level-set.js'
import { marginOf } from './similar.js'
import { contextOf, kernel, linear } from './similar.test.data.js'

const defaults: OptionsOf<typeof levelSet.options> = { delta: { margin: 0.3 }, rho: undefined, sameClass: true, nearest: 0.01, farthest: 0.07, steps: 20 }
const make = async (options: Partial<typeof defaults> = {}) => levelSet.create({ ...defaults, ...options }, {})
const x = Float32Array.of(0.5, 0.5, 0.5)

let model: Model
beforeAll(async () => {
  await openEngine()
  model = await linear()
})

test('on a linear model the level is reached by one step along the gradient, and levels fill the band evenly', async () => {
  const context = await contextOf(model, x)
  const delta = 0.3 * marginOf(context.outputs)
  const neighbours = await (await make()).sample(context, 400)
  expect(neighbours.every(({ rejected }) => rejected === undefined)).toBe(true)
  const levels = neighbours.map(({ logitDistance }) => logitDistance / delta)
  // Of 400 even numbers in [-1, 1]: four standard errors of the mean and of the mean square, and 1 % for the tolerance of a level.
  expect(Math.abs(mean(levels))).toBeLessThan(4 * Math.sqrt(1 / 3 / 400) + 0.01)
  expect(Math.abs(mean(levels.map((t) => t * t)) - 1 / 3)).toBeLessThan(4 * Math.sqrt((1 / 5 - 1 / 9) / 400) + 0.02)
  // Across the gradient the way is that of the start, at most 0.07 sqrt(3); along it as far as the level asks for.
  const w = kernel.map((row) => row[0]!)
  const length = Math.hypot(...w)
  for (const { input, logitDistance } of neighbours) {
    const along = input.reduce((sum, value, i) => sum + (value - x[i]!) * w[i]!, 0) / length
    expect(along).toBeCloseTo(-logitDistance / length, 4)
    expect(l2Distance(input, x) ** 2 - along ** 2).toBeLessThanOrEqual((0.07 * Math.sqrt(3)) ** 2 + 1e-6)
  }
})

test('neighbour m is the same whatever the count and whoever asks, and no tensor stays', async () => {
  const images = await convModel(3)
  const context = await contextOf(images, Float32Array.from({ length: 128 }, (_, i) => 0.5 + 0.4 * Math.sin(i)))
  const sampler = await make()
  const tensors = tf.memory().numTensors
  const many = await sampler.sample(context, 70)
  expect(await (await make()).sample(context, 5)).toEqual(many.slice(0, 5))
  expect(tf.memory().numTensors).toBe(tensors)
  expect(many[1]!.input).not.toEqual(many[0]!.input)
  expect(await sampler.sample(context, 0)).toEqual([])
})

test('what is not similar is refused with its reason, and only that', async () => {
  const context = await contextOf(await linear(0.2), x)
  const { outputs } = context
  const rho = 0.4
  // A band wider than the lead, so that other classes appear.
  const options = { delta: { logit: 1.4 * marginOf(outputs) }, rho, farthest: 0.2 }
  const neighbours = await (await make(options)).sample(context, 200)
  const free = await (await make({ ...options, sameClass: false })).sample(context, 200)
  const reasons = new Set(neighbours.map(({ rejected }) => rejected))
  expect(reasons).toEqual(new Set([undefined, 'other class', 'input too far']))
  for (const [m, { rejected, predicted, inputDistance, logitDistance }] of neighbours.entries()) {
    const near = inputDistance.l2 <= rho && Math.abs(logitDistance) <= options.delta.logit
    expect(rejected === undefined).toBe(predicted === context.target && near)
    expect(free[m]!.rejected === undefined).toBe(near)
  }
})

test('an input on which the model is undecided has no similar ones when delta is a share of its lead', async () => {
  const undecided = await contextOf(model, x)
  const even = { ...undecided, outputs: Float32Array.of(1, 1, 0) }
  const neighbours = await (await make()).sample(even, 3)
  expect(neighbours.map(({ rejected }) => rejected)).toEqual(new Array(3).fill('the model is undecided: delta is a share of a lead of 0'))
  expect((await (await make({ delta: { logit: 0.5 } })).sample(undecided, 3))[0]!.rejected).toBeUndefined()
})

test('a model that cannot be differentiated is refused before any work', async () => {
  const sampler = await make()
  expect(() => sampler.fits!({ ...model, capabilities: {} }, undefined as never)).toThrow('this method needs the gradient of the model, which it does not offer')
})
