import { createRandomness, Host, l2Distance, resultOf, type Comparison, type Model, type ScoreContext } from '@touchstone/core'
import { inputGradient, networkOf } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { convModel } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'

const host = new Host([plugin])

const valueOf = async (use: string, data: readonly number[]) => {
  const score = await host.open().create({ ...host.resolver().resolve('score', use, [])!, kind: 'score' })
  return score.score({ map: { shape: [data.length], data: Float32Array.from(data) } } as unknown as ScoreContext)
}

test('gini and entropy of maps worked out by hand', async () => {
  expect((await valueOf('gini', [1, -1, 1, 1])).value).toBeCloseTo(0, 12)
  expect((await valueOf('gini', [0, 0, -5, 0])).value).toBeCloseTo(3 / 4, 12)
  // 1 - 2 (1/6 2.5/3 + 2/6 1.5/3 + 3/6 0.5/3)
  expect((await valueOf('gini', [3, 1, -2])).value).toBeCloseTo(2 / 9, 12)
  expect((await valueOf('entropy', [1, -1, 1, 1])).value).toBeCloseTo(Math.log(4), 12)
  expect((await valueOf('entropy', [0, 0, -5, 0])).value).toBe(0)
  expect((await valueOf('entropy', [1, -3])).value).toBeCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), 12)
  for (const use of ['gini', 'entropy']) expect(await valueOf(use, [0, 0])).toEqual({ reason: 'the map is zero' })
})

const l2: Comparison = { measures: 'distance', compare: (a, b) => resultOf(l2Distance(a.data, b.data)) }

test('maps of models whose layers become random: each layer once more, seeded, and nothing left behind', async () => {
  const model = await convModel(4)
  const input = Float32Array.from(createRandomness(1, 'x').uniforms('x', 0, 128))
  const asked: Model[] = []
  const gradient = (other: Model) => tf.tidy(() => inputGradient(networkOf(other), tf.tensor(input, [1, 8, 8, 2]), [1]).dataSync() as Float32Array)
  const run = async (seed: number, mapOf: (other: Model) => Float32Array) => {
    const scope = host.open()
    const score = await scope.create({ ...host.resolver().resolve('score', { use: 'parameter-randomisation', options: { comparison: { given: l2 }, seed } }, [])!, kind: 'score' })
    expect(score.direction).toBe('higher')
    const context = { model, example: { id: 'x', input }, map: { shape: [8, 8, 2], data: mapOf(model) }, mapsOf: (other: Model) => (asked.push(other), Promise.resolve([{ shape: [8, 8, 2], data: mapOf(other) }])) }
    const result = await score.score(context as unknown as ScoreContext)
    await scope[Symbol.asyncDispose]()
    return result
  }
  const tensors = tf.memory().numTensors
  const changed = await run(0, gradient)
  expect(tf.memory().numTensors).toBe(tensors)
  // Two dense layers and a convolution.
  expect(changed.curve!.x).toEqual([1 / 3, 2 / 3, 1])
  changed.curve!.y.forEach((distance) => expect(distance).toBeGreaterThan(0))
  expect(new Set(asked.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  expect(await run(0, gradient)).toEqual(changed)
  expect((await run(1, gradient)).value).not.toBe(changed.value)
  // A map that ignores the model does not change.
  expect((await run(0, () => input)).value).toBe(0)
})
