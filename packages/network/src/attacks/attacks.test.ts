import { createRandomness, stackRows, type Rows } from '@touchstone/core'
import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { createNetwork, fgsm, minimumNorm, pgd, type Network } from '../index.js'
import { values, weight } from '../testing/index.js'

let linear: Network
let bent: Network

beforeAll(async () => {
  await openEngine()
  // F_0 - F_1 = 3 x_0 - 4 x_1: the decision lies |3 x_0 - 4 x_1| / 5 away, or / 7 by the largest change.
  linear = createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [2] },
      { op: 'dense', id: 'out', inputs: ['x'], weights: { kernel: { shape: [2, 2], data: Float32Array.of(3, 0, 0, 4) } } },
    ],
    output: 'out',
  })
  bent = createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [6] },
      { op: 'dense', id: 'hidden', inputs: ['x'], weights: { kernel: weight([6, 8], 'a'), bias: weight([8], 'b') } },
      { op: 'activation', id: 'relu', inputs: ['hidden'], name: 'relu' },
      { op: 'dense', id: 'out', inputs: ['relu'], weights: { kernel: weight([8, 3], 'c') } },
    ],
    output: 'out',
  })
})

const rows = (...list: number[][]): Rows => stackRows(list.map((row) => Float32Array.from(row)), [list[0]!.length])
const randomness = (count: number) => Array.from({ length: count }, (_, i) => createRandomness(1, `row ${i}`))

test('the fast gradient sign method takes one step of the radius', async () => {
  const { inputs, distances, succeeded } = await fgsm(linear, rows([2, 1], [2, 1]), [0, 1], { norm: 'linf', radius: 0.25 })
  // Class 0 is left by less of x_0 and more of x_1; row 1 is not of class 1 to begin with, and goes further.
  expect([...inputs.data]).toEqual([1.75, 1.25, 2.25, 0.75])
  expect(distances).toEqual([0.25, 0.25])
  expect(succeeded).toEqual([false, true])
  const step = await fgsm(linear, rows([2, 1]), [0], { norm: 'l2', radius: 1 })
  expect(step.inputs.data[0]).toBeCloseTo(2 - 3 / 5, 5)
  expect(step.inputs.data[1]).toBeCloseTo(1 + 4 / 5, 5)
})

test('the smallest change on a linear network is the distance to the decision', async () => {
  const inputs = rows([2, 1], [3, 1], [100, 0])
  const l2 = await minimumNorm(linear, inputs, [0, 0, 0], { norm: 'l2', maximum: 4, bisections: 12 })
  expect(l2.succeeded).toEqual([true, true, false])
  expect(l2.distances[0]).toBeCloseTo(2 / 5, 2)
  expect(l2.distances[1]).toBeCloseTo(5 / 5, 2)
  expect(l2.distances[2]).toBe(Infinity)
  expect([...l2.inputs.data.slice(4)]).toEqual([100, 0])
  const linf = await minimumNorm(linear, inputs, [0, 0, 0], { norm: 'linf', maximum: 4, bisections: 12, loss: 'margin' })
  expect(linf.distances[0]).toBeCloseTo(2 / 7, 2)
  expect(linf.distances[1]).toBeCloseTo(5 / 7, 2)
})

test.each(['l2', 'linf'] as const)('%s: results stay in the ball and the bounds, repeat, and depend on their row alone', async (norm) => {
  const inputs: Rows = { shape: [9, 6], data: values([9, 6]).map(Math.abs) }
  const classes = [0, 1, 2, 0, 1, 2, 0, 1, 2]
  const options = { norm, radius: 0.4, steps: 10, restarts: 3, bounds: { low: 0, high: 1 } } as const
  const tensors = tf.memory().numTensors
  const whole = await pgd(bent, inputs, classes, { ...options, randomness: randomness(9) })
  expect(tf.memory().numTensors).toBe(tensors)
  expect(Math.max(...whole.distances)).toBeLessThanOrEqual(0.4 + 1e-6)
  expect(Math.min(...whole.inputs.data)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...whole.inputs.data)).toBeLessThanOrEqual(1)
  for (const batchRows of [1, 4]) expect(await pgd(bent, inputs, classes, { ...options, randomness: randomness(9), batchRows })).toEqual(whole)
  // What succeeded is of another class, and more restarts never do worse.
  const logits = (await bent.logits(tf.tensor(whole.inputs.data, [9, 6])).array())
  whole.succeeded.forEach((success, row) => expect(logits[row]!.indexOf(Math.max(...logits[row]!)) !== classes[row]).toBe(success))
  const once = await pgd(bent, inputs, classes, { ...options, restarts: 1 })
  once.succeeded.forEach((success, row) => expect(whole.succeeded[row]! || !success).toBe(true))
})

test('a targeted attack reaches its class', async () => {
  const { succeeded, inputs } = await pgd(linear, rows([2, 1]), [1], { norm: 'l2', radius: 1, targeted: true })
  expect(succeeded).toEqual([true])
  expect(4 * inputs.data[1]!).toBeGreaterThan(3 * inputs.data[0]!)
})

test('what is missing is told', async () => {
  await expect(pgd(linear, rows([2, 1]), [], { norm: 'l2', radius: 1 })).rejects.toThrow('expected a class for each of 1 rows, found 0')
  await expect(pgd(linear, rows([2, 1]), [0], { norm: 'l2', radius: 1, restarts: 2 })).rejects.toThrow('needs randomness for each row')
  await expect(pgd(linear, rows([2, 1]), [0], { norm: 'l2', radius: -1 })).rejects.toThrow('expected a radius of 0 or more')
  await expect(pgd(linear, rows([2, 1]), [0], { norm: 'l2', radius: 1, signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
})
