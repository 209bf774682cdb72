/// <reference types="node" />
import { readFile } from 'node:fs/promises'
import { createRandomness, stackRows, topK, type Rows } from '@touchstone/core'
import { layers, openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { bisectionSearch, boundarySearch, createNetwork, largestMove, nearer, networkFromLayers, type Network, type Norm } from '../index.js'
import { values } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

const linear = (weights: readonly (readonly number[])[]): Network =>
  createNetwork({
    nodes: [
      { op: 'input', id: 'x', inputs: [], shape: [weights.length] },
      { op: 'dense', id: 'out', inputs: ['x'], weights: { kernel: { shape: [weights.length, weights[0]!.length], data: Float32Array.from(weights.flat()) } } },
    ],
    output: 'out',
  })

const masks = (...list: readonly (readonly number[])[]): Rows => stackRows(list.map((mask) => Float32Array.from(mask)), [list[0]!.length])

/** min_c (F_y - F_c) / ||(w_y - w_c)_S||, the dual norm. */
function closedForm(weights: readonly (readonly number[])[], x: readonly number[], own: number, mask: readonly number[], norm: Norm): number {
  const margins = weights[0]!.map((_, c) => {
    if (c === own) return Infinity
    const slopes = weights.map((row) => row[own]! - row[c]!)
    const margin = slopes.reduce((sum, slope, i) => sum + slope * x[i]!, 0)
    const free = slopes.filter((_slope, i) => mask[i] === 1)
    return margin / (norm === 'l2' ? Math.sqrt(free.reduce((sum, slope) => sum + slope ** 2, 0)) : free.reduce((sum, slope) => sum + Math.abs(slope), 0))
  })
  return Math.min(...margins)
}

describe.each(['l2', 'linf'] as const)('%s', (norm) => {
  test('on linear networks the smallest change is the distance to the nearest plane within the mask', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), async (seed) => {
        const numbers = [...createRandomness(seed, 'linear').normals('w', 0, 30)]
        const weights = Array.from({ length: 6 }, (_, i) => numbers.slice(4 * i, 4 * i + 4))
        const x = numbers.slice(24)
        const logits = weights[0]!.map((_, c) => weights.reduce((sum, row, i) => sum + row[c]! * x[i]!, 0))
        const own = logits.indexOf(Math.max(...logits))
        const asked = [[1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0], [0, 0, 0, 1, 0, 0]]
        const network = linear(weights)
        const search = await boundarySearch(network, Float32Array.from(x), own, { norm, starts: 3 })
        const { distances, inputs, succeeded } = await search(masks(...asked))
        network.dispose()
        asked.forEach((mask, row) => {
          const expected = closedForm(weights, [...Float32Array.from(x)], own, mask, norm)
          expect(succeeded[row]).toBe(true)
          expect(distances[row]! / expected).toBeGreaterThan(1 - 1e-4)
          expect(distances[row]! / expected).toBeLessThan(1.005)
          mask.forEach((free, i) => free === 0 && expect(inputs.data[row * 6 + i]).toBe(Math.fround(x[i]!)))
        })
      }),
      { numRuns: 30 },
    )
  })

  test('bounds are kept, and what they hinder is said not to have succeeded', async () => {
    // F_0 - F_1 = 3 x_0 + 4 x_1.
    const network = linear([[3, 0], [4, 0]])
    const tensors = tf.memory().numTensors
    const search = await boundarySearch(network, Float32Array.of(0.5, 0.5), 0, { norm, bounds: { low: -0.5, high: 1 } })
    const { distances, inputs, margins } = await search(masks([1, 1], [1, 0], [0, 1], [0, 0]))
    expect(tf.memory().numTensors).toBe(tensors)
    expect(Math.min(...inputs.data)).toBeGreaterThanOrEqual(-0.5)
    expect(distances[0]).toBeCloseTo(norm === 'l2' ? 3.5 / 5 : 3.5 / 7, 2)
    // One value alone goes no further than -0.5.
    expect(distances[1]).toBe(Infinity)
    expect(margins[1]).toBeCloseTo(-(3 * -0.5 + 4 * 0.5), 5)
    expect(distances[2]).toBeCloseTo(3.5 / 4, 2)
    expect(distances[3]).toBe(Infinity)
    expect(margins[3]).toBeCloseTo(-3.5, 5)
    expect([...inputs.data.slice(6)]).toEqual([0.5, 0.5])
  })

  test('a targeted search reaches its class', async () => {
    const network = linear([[3, 0, -9], [0, 4, -9]])
    const options = { norm, targeted: true } as const
    const fast = await (await boundarySearch(network, Float32Array.of(2, 1), 1, options))(masks([1, 1], [0, 1]))
    expect(fast.distances[0]).toBeCloseTo(norm === 'l2' ? 2 / 5 : 2 / 7, 2)
    expect(fast.distances[1]).toBeCloseTo(2 / 4, 2)
    const slow = await bisectionSearch(network, Float32Array.of(2, 1), 1, { ...options, maximum: 4, bisections: 12 })(masks([1, 1], [0, 1]))
    slow.distances.forEach((distance, row) => expect(distance).toBeCloseTo(fast.distances[row]!, 2))
  })
})

describe('on digits', () => {
  let network: Network
  const input = values([28, 28, 1]).map((value) => Math.max(0, value))
  const bounds = { low: 0, high: 1 }
  let own = 0

  beforeAll(async () => {
    const folder = new URL('../../../../examples/quickstart/models/well/', import.meta.url)
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(new URL('model.json', folder), 'utf8')) as { modelTopology: object; weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[] }
    const weightData = new Uint8Array(await readFile(new URL('weights.bin', folder))).buffer
    const model = await layers.loadLayersModel({ load: () => Promise.resolve({ modelTopology, weightSpecs: weightsManifest[0]!.weights, weightData }) })
    network = await networkFromLayers(model)
    const logits = tf.tidy(() => network.logits(tf.tensor(input, [1, 28, 28, 1])).dataSync())
    own = logits.indexOf(Math.max(...logits))
  })

  const free = () => {
    const numbers = createRandomness(1, 'masks').uniforms('order', 0, 784)
    return stackRows([80, 200, 400].map((count) => {
      const mask = new Float32Array(784)
      for (const index of topK(numbers, count).indices) mask[index] = 1
      return mask
    }), [28, 28, 1])
  }

  test.each(['l2', 'linf'] as const)('%s: the fast search does no worse than bisection and descent, in the bounds, and more steps do no worse', async (norm) => {
    const fast = await (await boundarySearch(network, input, own, { norm, bounds }))(free())
    const slow = await bisectionSearch(network, input, own, { norm, bounds, maximum: largestMove(input, bounds, norm), bisections: 10, steps: 40, loss: 'logit' })(free())
    fast.distances.forEach((distance, row) => expect(distance).toBeLessThan(slow.distances[row]! * 1.02))
    expect(fast.succeeded).toEqual([true, true, true])
    const logits = tf.tidy(() => network.logits(tf.tensor(fast.inputs.data, [3, 28, 28, 1])).arraySync())
    for (const row of logits) expect(row.indexOf(Math.max(...row))).not.toBe(own)
    expect(Math.min(...fast.inputs.data)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...fast.inputs.data)).toBeLessThanOrEqual(1)
    fast.inputs.data.forEach((value, i) => free().data[i] === 0 && expect(value).toBe(input[i % 784]))
    const more = await (await boundarySearch(network, input, own, { norm, bounds, steps: 30, starts: 3 }))(free())
    more.distances.forEach((distance, row) => expect(distance).toBeLessThanOrEqual(fast.distances[row]! * 1.001))
  })

  test('a row depends on itself alone, also from a start, and repeats to the last bit', async () => {
    const search = (batchRows: number) => boundarySearch(network, input, own, { norm: 'l2', bounds, steps: 6, starts: 2, batchRows })
    const whole = await (await search(64))(free())
    const warm = await (await search(64))(free(), whole.inputs)
    for (const batchRows of [1, 2]) {
      expect(await (await search(batchRows))(free())).toEqual(whole)
      expect(await (await search(batchRows))(free(), whole.inputs)).toEqual(warm)
    }
    const best = nearer(whole, warm)
    best.distances.forEach((distance, row) => expect(distance).toBe(Math.min(whole.distances[row]!, warm.distances[row]!)))
  })
})
