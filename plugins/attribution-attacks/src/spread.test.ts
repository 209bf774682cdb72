import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { argmax, createRandomness, Host, rowAt, Side, stackRows, type Dataset, type Model, type SamplerContext, type SideThreads } from '@touchstone/core'
import comparisons from '@touchstone/comparisons'
import { createSideThreads } from '@touchstone/evaluation/node'
import gradients from '@touchstone/gradients'
import ig from '@touchstone/ig'
import { createNetwork, graphOf, mapGradient, networkOf, surrogate } from '@touchstone/network'
import { convModel } from '@touchstone/testkit'
import { openEngine, tf } from '@touchstone/tensor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.js'

const host = new Host([plugin, comparisons, gradients, ig])
const two = createSideThreads(2)
const three = createSideThreads(3)
let model: Model
beforeAll(async () => {
  await openEngine()
  model = await convModel(7)
})
afterAll(() => Promise.all([two[Symbol.asyncDispose](), three[Symbol.asyncDispose](), host[Symbol.asyncDispose]()]))

const dataset = { inputShape: [8, 8, 2], size: 1, range: { low: 0, high: 1 }, fingerprint: 'none' } as unknown as Dataset
const input = Float32Array.from(createRandomness(3, 'example').uniforms('x', 0, 128))

/** What an attack on a method finds, with or without side threads. */
async function attacked(use: string, options: object, side?: SideThreads) {
  await using scope = host.open(side ? [{ token: Side, value: side }] : [])
  const make = <K extends 'sampler' | 'attributer'>(kind: K, name: string, chosen: object) => scope.create({ ...host.resolver().resolve(kind, { use: name, options: chosen }, ['it'])!, kind })
  const outputs = rowAt(await model.predict(stackRows([input], model.inputShape)), 0)
  const context: SamplerContext = { model, example: { id: '0', input }, outputs, target: argmax(outputs), dataset, randomness: createRandomness(1, '0'), batchRows: 64, kept: (_what, _key, compute) => compute(), attributer: await make('attributer', use, options) }
  const sampler = await make('sampler', 'attribution-attack', { epsilon: 0.1, step: 0.02, iterations: 6, restarts: 2, k: 12, criterion: { use: 'top-k', options: { k: 12 } } })
  return await sampler.sample(context, 2)
}

describe('an attack on integrated gradients whose points are shared out among threads', () => {
  test.each([['two', two, 12], ['three, of unequal parts', three, 20], ['three, of parts larger than a batch', three, 150]] as const)('finds the same input to the last bit: %s', async (_name, side, steps) => {
    const alone = await attacked('integrated-gradients', { steps })
    const tensors = tf.memory().numTensors
    expect(await attacked('integrated-gradients', { steps }, side)).toEqual(alone)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  test('threads are asked where there are points for each, and else left alone', async () => {
    const asked: number[] = []
    const counting: SideThreads = { count: two.count, run: (thread, ...rest) => (asked.push(thread), two.run(thread, ...rest)) }
    await attacked('saliency', {}, counting)
    await attacked('integrated-gradients', { steps: 1 }, counting)
    expect(asked).toEqual([])
    await attacked('integrated-gradients', { steps: 12 }, counting)
    // Two neighbours by six steps.
    expect(asked).toEqual(Array.from({ length: 24 }, (_, i) => i % 2))
  })

  test('what fails in one thread is told, no thread waits for it, and the next is done', async () => {
    const network = createNetwork(surrogate(graphOf(networkOf(model)), { beta: 1 }))
    const scope = host.open()
    const { map } = await scope.create({ ...host.resolver().resolve('attributer', { use: 'integrated-gradients', options: { steps: 12 } }, ['it'])!, kind: 'attributer' })
    const of = { network, map: map!, x: stackRows([input], model.inputShape), targets: [0], objective: (maps: tf.Tensor) => tf.square(maps) }
    const failing: SideThreads = { count: 2, run: (thread, module, task, answer) => (thread === 0 ? Promise.reject(new Error('out of memory')) : two.run(thread, module, task, answer)) }
    await expect(mapGradient(of, failing)).rejects.toThrow('out of memory')
    expect(await mapGradient(of, two)).toEqual(await mapGradient(of))
    network.dispose()
  })
})

describe('side threads', () => {
  let folder: string
  let module: URL
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchstone-side-'))
    module = pathToFileURL(join(folder, 'task.mjs'))
    await writeFile(module, `let before = 0
export default async (task, ask) => {
  if (task.fails) throw new Error(task.fails)
  if (task.exit) process.exit(3)
  await new Promise((resolve) => setTimeout(resolve, task.wait ?? 0))
  return [before++, task.asks === undefined ? undefined : ask(task.asks)]
}`)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('do one task after the other, wait for answers, and tell what failed', async () => {
    await using side = createSideThreads(2)
    const double = (asked: unknown) => Promise.resolve(2 * (asked as number))
    expect(await Promise.all([side.run(0, module, { wait: 30, asks: 4 }, double), side.run(0, module, { asks: 5 }, double), side.run(1, module, {})])).toEqual([[0, 8], [1, 10], [0, undefined]])
    await expect(side.run(0, module, { fails: 'no such thing' })).rejects.toThrow('no such thing')
    await expect(side.run(0, module, { asks: 1 }, () => Promise.reject(new Error('not today')))).rejects.toThrow('not today')
    await expect(side.run(0, new URL('nobody.mjs', module), {})).rejects.toThrow('nobody.mjs')
    expect(await side.run(0, module, {})).toEqual([3, undefined])
  })

  test('one that ends takes its tasks with it, and the next task gets another', async () => {
    await using side = createSideThreads(2)
    await expect(Promise.all([side.run(0, module, { exit: true }), side.run(0, module, {})])).rejects.toThrow('a side thread ended with code 3')
    expect(await side.run(0, module, {})).toEqual([0, undefined])
  })
})
