import { beforeAll, describe, expect, it } from 'vitest'
import { layers, openEngine, tf } from '../index.js'
import { expectClose, use } from '../testing/checks.js'
import type { Computer } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

beforeAll(() => openEngine())

/** Five weights after some steps towards the zeros of a polynomial, by tfjs's Adam on a backend. */
async function trained(computer: Computer, steps: number, count = 5): Promise<Float32Array> {
  await use(computer)
  const weights = tf.variable(tf.tensor1d(randomValues([count]).data))
  const optimizer = tf.train.adam(0.05, 0.8, 0.95, 1e-6)
  for (let i = 0; i < steps; i++) optimizer.minimize(() => tf.sum(tf.square(tf.sub(tf.square(weights), 0.5))))
  const values = Float32Array.from(weights.dataSync())
  weights.dispose()
  optimizer.dispose()
  await use('engine')
  return values
}

/** The same, worked out by the book in double precision. */
function byTheBook(steps: number, count = 5): number[] {
  return [...randomValues([count]).data].map((start) => {
    let [value, first, second] = [start, 0, 0]
    for (let i = 1; i <= steps; i++) {
      const gradient = 4 * value * (value * value - 0.5)
      first = 0.8 * first + 0.2 * gradient
      second = 0.95 * second + 0.05 * gradient * gradient
      value -= 0.05 * first / (1 - 0.8 ** i) / (Math.sqrt(second / (1 - 0.95 ** i)) + 1e-6)
    }
    return value
  })
}

describe("tfjs's Adam with our kernel", () => {
  it.each([1, 2, 30])('agrees with the book and with the cpu backend after %i steps', async (steps) => {
    for (const count of [1, 4, 11]) {
      const actual = await trained('engine', steps, count)
      expectClose(actual, byTheBook(steps, count), 1e-4)
      expectClose(actual, await trained('cpu', steps, count), 1e-4)
    }
  })

  it('gives every new value to the products that follow: nothing computed from the old one is used', () => {
    const weights = tf.variable(tf.tensor2d(randomValues([6, 3]).data, [6, 3]))
    const x = tf.tensor2d(randomValues([2, 6]).data, [2, 6])
    const optimizer = tf.train.adam(0.1)
    for (let i = 0; i < 3; i++) {
      optimizer.minimize(() => tf.sum(tf.square(tf.matMul(x, weights))))
      const product = tf.matMul(x, weights).dataSync()
      expectClose(product, tf.sum(tf.mul(tf.expandDims(x, 2), tf.expandDims(weights, 0)), 1).dataSync())
    }
  })

  it('keeps its state in the form that tfjs saves and loads', async () => {
    const train = (optimizer: tf.Optimizer, weights: tf.Variable) => { optimizer.minimize(() => tf.sum(tf.square(weights))) }
    const weights = tf.variable(tf.tensor1d([1, 2]))
    const [whole, first, second] = [tf.train.adam(0.1), tf.train.adam(0.1), tf.train.adam(0.1)]
    train(first, weights)
    await second.setWeights(await first.getWeights())
    train(second, weights)
    const other = tf.variable(tf.tensor1d([1, 2]))
    train(whole, other)
    train(whole, other)
    expectClose(weights.dataSync(), other.dataSync())
  })

  it('changes moments in place, but none that another shares', async () => {
    const weights = tf.variable(tf.tensor1d(randomValues([64]).data))
    const [one, other] = [tf.train.adam(0.1), tf.train.adam(0.1)]
    const train = (optimizer: tf.Optimizer) => { optimizer.minimize(() => tf.sum(tf.square(weights))) }
    train(one)
    await other.setWeights(await one.getWeights())
    const before = await Promise.all((await one.getWeights()).map(({ tensor }) => tensor.data()))
    train(other)
    expect(await Promise.all((await one.getWeights()).map(({ tensor }) => tensor.data()))).toEqual(before)
    const places = async (optimizer: tf.Optimizer) => (await optimizer.getWeights()).slice(1).map(({ tensor }) => tensor.dataId)
    const own = await places(other)
    train(other)
    expect((await places(other)).map((place, i) => place === own[i])).toEqual([true, true])
  })

  it('serves layers, and leaves nothing behind', async () => {
    const model = layers.sequential({ layers: [layers.layers.dense({ inputShape: [3], units: 2 })] })
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' })
    const [x, y] = [tf.tensor2d(randomValues([8, 3]).data, [8, 3]), tf.zeros([8, 2])]
    const losses = [await model.trainOnBatch(x, y) as number]
    const before = { tensors: tf.memory().numTensors, values: tf.backend().numDataIds() }
    for (let i = 0; i < 5; i++) losses.push(await model.trainOnBatch(x, y) as number)
    expect({ tensors: tf.memory().numTensors, values: tf.backend().numDataIds() }).toEqual(before)
    expect(losses[5]).toBeLessThan(losses[0]!)
  })
})
