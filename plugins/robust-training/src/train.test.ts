import { rowAt, stackRows, type Model, type Rows, type TrainingContext, type TrainingProgress } from '@touchstone/core'
import { networkOf, pgd } from '@touchstone/network'
import { convModel } from '@touchstone/testkit'
import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import { attack } from './attack.js'
import { crossEntropy } from './loss.js'
import { adversarial } from './objectives.js'
import { adam, sgd, type Optimizer } from './optimizers.js'
import { patterns, trainToy, trainerOf, weightsOf } from './toys.test.data.js'
import { rateAt } from './train.js'

let model: Model
beforeAll(async () => {
  await openEngine()
  model = await convModel(7)
})

const small = { steps: 12, batch: 10, heldOut: 30, lookEvery: 4, learningRate: 0.01 }
const attacks = { epsilon: 0.1, attackSteps: 3, attackStep: 0.05 }
const norms = { ...attacks, points: 4, attackPoints: 2 }
const kinds: readonly (readonly [string, object])[] = [
  ['natural', { ...small, optimizer: 'sgd', weightDecay: 1e-3 }],
  ['pgd', { ...small, ...attacks }],
  ['ig-norm', { ...small, ...norms }],
  ['ig-sum-norm', { ...small, ...norms, optimizer: 'sgd', learningRate: 1e-3, decay: 'cosine' }],
]

describe.each(kinds)('%s', (use, options) => {
  test('gives the same weights for the same seed and others for another, changes its model not, and leaves no tensor behind', async () => {
    const before = await weightsOf(model)
    const first = await trainToy(use, options, { model })
    const tensors = tf.memory().numTensors
    const again = await trainToy(use, options, { model })
    const other = await trainToy(use, options, { model, seed: 4 })
    expect(await weightsOf(again)).toEqual(await weightsOf(first))
    expect(await weightsOf(other)).not.toEqual(await weightsOf(first))
    expect(await weightsOf(model)).toEqual(before)
    await again.dispose?.()
    await other.dispose?.()
    expect(tf.memory().numTensors).toBe(tensors)
    await first.dispose?.()
  })

  test.each([1, 7])('stopped after step %i and gone on with, it gives the weights of the training that was not', async (stopAfter) => {
    const whole = await trainToy(use, options, { model })
    const stop = new AbortController()
    let kept: Uint8Array | undefined
    const keep = (state: Uint8Array) => {
      kept = state
      return Promise.resolve()
    }
    const stopped = trainToy(use, options, { model, signal: stop.signal, onCheckpoint: keep, onProgress: ({ step }) => step === stopAfter && stop.abort(new Error('enough')) })
    await expect(stopped).rejects.toThrow('enough')
    const steps: number[] = []
    const rest = await trainToy(use, options, { model, resume: kept!, onProgress: ({ step }) => steps.push(step) })
    expect(steps[0]).toBe(stopAfter + 1)
    expect(await weightsOf(rest)).toEqual(await weightsOf(whole))
  })

  test('lowers its loss', async () => {
    const losses: number[] = []
    await trainToy(use, { ...options, steps: 40 }, { model, onProgress: ({ loss }) => losses.push(loss) })
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    expect(mean(losses.slice(-8))).toBeLessThan(0.9 * mean(losses.slice(0, 8)))
  })
})

test('a smaller batchRows changes weights by rounding alone', async () => {
  const [whole, parts] = await Promise.all([64, 8].map(async (batchRows) => weightsOf(await trainToy('ig-norm', { ...small, ...norms, steps: 2, optimizer: 'sgd', learningRate: 1e-3 }, { model, batchRows }))))
  whole!.forEach((values, i) => values.forEach((value, j) => expect(parts![i]![j]).toBeCloseTo(value, 4)))
})

/** The share of examples that the model gets right, as they are and attacked. */
async function shares(trained: Model, inputs: Rows, labels: readonly number[]): Promise<{ clean: number; attacked: number }> {
  const { inputs: moved } = await pgd(networkOf(trained), inputs, labels, { norm: 'linf', radius: 0.1, steps: 20, bounds: { low: 0, high: 1 } })
  const right = async (rows: Rows): Promise<number> => {
    const outputs = await trained.predict(rows)
    return labels.filter((label, row) => rowAt(outputs, row).every((value) => value <= rowAt(outputs, row)[label]!)).length / labels.length
  }
  return { clean: await right(inputs), attacked: await right(moved) }
}

test('pgd makes a model that withstands attacks which the naturally trained one does not', async () => {
  const data = patterns(90)
  const fresh = await Promise.all(Array.from({ length: 60 }, (_, i) => data.example(i)))
  const [inputs, labels] = [stackRows(fresh.map(({ input }) => input), [8, 8, 2]), fresh.map(({ label }) => label!)]
  const budget = { ...small, steps: 150, batch: 30, heldOut: 0, learningRate: 0.003 }
  const model = await convModel(3)
  const start = await trainToy('natural', budget, { model })
  const natural = await shares(start, inputs, labels)
  const robust = await shares(await trainToy('pgd', { ...budget, steps: 400, epsilon: 0.1, attackSteps: 5, attackStep: 0.04 }, { model: start }), inputs, labels)
  expect(natural.clean).toBeGreaterThan(0.95)
  expect(robust.clean).toBeGreaterThan(0.9)
  expect(robust.attacked).toBeGreaterThan(natural.attacked + 0.2)
})

test('the attack stays within epsilon and the range, climbs, and begins where the noise says', async () => {
  const network = networkOf(model)
  const { input } = await patterns(3).example(1)
  const examples = { x: tf.tensor(input, [1, 8, 8, 2]), labels: [1] }
  const noise = Float32Array.from(input, (_, i) => (i % 2 === 0 ? 1 : -1))
  const budget = { epsilon: 0.2, stepSize: 0.05, bounds: { low: 0, high: 1 } }
  const start = attack(network, adversarial.climb!, examples, noise, { ...budget, steps: 0 })
  start.dataSync().forEach((value, i) => expect(value).toBeCloseTo(input[i]! + 0.2 * noise[i]!, 6))
  const moved = attack(network, adversarial.climb!, examples, noise, { ...budget, steps: 10 })
  moved.dataSync().forEach((value, i) => {
    expect(Math.abs(value - input[i]!)).toBeLessThan(0.2 + 1e-6)
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThanOrEqual(1)
  })
  expect(crossEntropy(network, moved, [1]).dataSync()[0]).toBeGreaterThan(crossEntropy(network, examples.x, [1]).dataSync()[0]!)
})

test.each<[string, Optimizer, () => tf.Optimizer]>([
  ['sgd', sgd(0), () => tf.train.sgd(0.1)],
  ['momentum', sgd(0.9), () => tf.train.momentum(0.1, 0.9)],
  ['adam', adam, () => tf.train.adam(0.1, 0.9, 0.999, 1e-8)],
])('%s steps as that of TensorFlow.js does', (_name, optimizer, make) => {
  const start = [1, -2, 3]
  const gradientOf = (w: tf.Tensor): tf.Tensor => tf.sub(tf.mul(w, [2, 1, 0.5]), 1)
  const variable = tf.variable(tf.tensor(start))
  const theirs = make()
  let [weight, ...state]: tf.Tensor[] = [tf.tensor(start), ...Array.from({ length: optimizer.slots }, () => tf.zeros([3]))]
  for (let step = 1; step <= 6; step++) {
    theirs.applyGradients([{ name: variable.name, tensor: gradientOf(variable) }])
    ;[weight, ...state] = optimizer.step(weight!, gradientOf(weight!), state, 0.1, step)
  }
  ;[...variable.dataSync()].forEach((value, i) => expect(weight!.dataSync()[i]).toBeCloseTo(value, 5))
})

test('learning rates change at their steps and sink along half a cosine', () => {
  const rates = [{ from: 500, rate: 0.01 }, { from: 60_000, rate: 0.001 }]
  const at = (step: number) => rateAt({ learningRate: 0.002, rates, decay: 'none', steps: 70_000 }, step)
  expect([0, 499, 500, 59_999, 60_000].map(at)).toEqual([0.002, 0.002, 0.01, 0.01, 0.001])
  expect(rateAt({ learningRate: 1, rates: [], decay: 'cosine', steps: 100 }, 0)).toBe(1)
  expect(rateAt({ learningRate: 1, rates: [], decay: 'cosine', steps: 100 }, 50)).toBeCloseTo(0.5, 12)
})

test('ends at the first look at which enough of the held-out examples are right, and has nothing left to do then', async () => {
  const seen: TrainingProgress[] = []
  let kept: Uint8Array | undefined
  const context: Partial<TrainingContext> & { model: Model } = { model, onProgress: (progress) => seen.push(progress), onCheckpoint: (state) => ((kept = state), Promise.resolve()) }
  const options = { ...small, steps: 400, learningRate: 0.003, targetAccuracy: 0.6 }
  const stopped = await trainToy('natural', options, context)
  const looks = seen.filter(({ accuracy }) => accuracy !== undefined)
  expect(looks.slice(0, -1).every(({ accuracy }) => accuracy! < 0.6)).toBe(true)
  expect(looks.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.6)
  expect(looks.at(-1)!.step).toBeLessThan(400)
  expect(looks.at(-1)!.step % 4).toBe(0)
  const steps = seen.length
  expect(await weightsOf(await trainToy('natural', options, { ...context, resume: kept! }))).toEqual(await weightsOf(stopped))
  expect(seen).toHaveLength(steps)
})

test('an attack that grows is hardly one at first', async () => {
  const one = { ...small, steps: 1, heldOut: 0, optimizer: 'sgd' }
  const natural = await weightsOf(await trainToy('natural', one, { model }))
  const furthest = async (options: object): Promise<number> => {
    const others = await weightsOf(await trainToy('pgd', { ...one, ...attacks, ...options }, { model }))
    return Math.max(...others.flatMap((values, i) => [...values].map((value, j) => Math.abs(value - natural[i]![j]!))))
  }
  const [grown, growing] = [await furthest({}), await furthest({ growth: 1_000_000 })]
  expect(growing).toBeLessThan(1e-4 * grown)
  expect(await furthest({ growth: 2 })).toBeGreaterThan(0.1 * grown)
})

describe('bad input', () => {
  test.each<[string, object, Partial<TrainingContext>, string]>([
    ['inputs of another shape', {}, { dataset: { ...patterns(90), inputShape: [4, 4, 2] } }, 'the model takes inputs of shape [8, 8, 2], the dataset has [4, 4, 2]'],
    ['too few examples', { batch: 70 }, {}, '90 examples, 30 of them held out, leave less than a batch of 70'],
    ['no labels', {}, { dataset: patterns(90, () => undefined) }, 'expected a label from 0 to 2, found nothing'],
    ['a label that is no class', {}, { dataset: patterns(90, () => 6) }, 'expected a label from 0 to 2, found 6'],
    ['a learning rate that is too large', { optimizer: 'sgd', learningRate: 1e30 }, {}, 'choose a smaller learning rate'],
    ['a checkpoint that is none', {}, { resume: Uint8Array.of(1, 2, 3) }, 'the checkpoint is damaged'],
  ])('%s', async (_name, options, context, message) => {
    await expect(trainToy('natural', { ...small, ...options }, { model, ...context })).rejects.toThrow(message)
  })

  test('a checkpoint of another training, or one whose values were changed', async () => {
    let kept: Uint8Array | undefined
    const keep = { onCheckpoint: (state: Uint8Array) => ((kept = state), Promise.resolve()) }
    await trainToy('natural', small, { model, ...keep })
    await expect(trainToy('natural', small, { model, seed: 9, resume: kept! })).rejects.toThrow('belongs to another training')
    await expect(trainToy('natural', { ...small, learningRate: 0.02 }, { model, resume: kept! })).rejects.toThrow('belongs to another training')
    const changed = kept!.slice()
    changed[changed.length - 1]! ^= 1
    await expect(trainToy('natural', small, { model, resume: changed })).rejects.toThrow('is damaged')
    await expect(trainToy('natural', small, { model, resume: kept!.subarray(0, 40) })).rejects.toThrow('is damaged')
  })

  test.each<[string, object, string]>([
    ['natural', { steps: 0 }, 'steps: expected at least 1'],
    ['natural', { optimizer: 'rmsprop' }, 'expected "adam" or "sgd"'],
    ['natural', { targetAccuracy: 0.7, heldOut: 0 }, 'needs held-out examples'],
    ['natural', { rates: [{ from: 5, rate: 1 }, { from: 5, rate: 2 }] }, 'rising order'],
    ['natural', { epsilon: 0.3 }, 'no such option'],
    ['pgd', { epsilon: 0 }, 'expected a number above 0'],
    ['ig-norm', { points: 2.5 }, 'expected a whole number'],
  ])('%s with %j', async (use, options, message) => {
    await expect(trainerOf(use, options)).rejects.toThrow(message)
  })
})
