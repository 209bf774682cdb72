/// <reference types="node" />
import { readFile } from 'node:fs/promises'
import { argmax, createRandomness, descending, groupFeatures, stackRows, type Dataset } from '@touchstone/core'
import { boundarySearch, decisionPlane, modelFromNetwork, networkFromLayers } from '@touchstone/network'
import { layers, openEngine, type tf } from '@touchstone/tensor'
import { expect, test } from 'vitest'
import { greedyAsAttributer } from './index.js'

const bounds = { low: 0, high: 1 }
const shape = [28, 28, 1]

test("held, the features chosen greedily make a digit harder to change than those of the largest gradients", async () => {
  await openEngine()
  const folder = new URL('../../../examples/quickstart/models/well/', import.meta.url)
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(new URL('model.json', folder), 'utf8')) as { modelTopology: object; weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[] }
  const weightData = new Uint8Array(await readFile(new URL('weights.bin', folder))).buffer
  const network = await networkFromLayers(await layers.loadLayersModel({ load: () => Promise.resolve({ modelTopology, weightSpecs: weightsManifest[0]!.weights, weightData }) }))
  const model = modelFromNetwork(network, { dispose: true })
  const { cases } = JSON.parse(await readFile(new URL('../../../tools/reference/metrics.fixture.json', import.meta.url), 'utf8')) as { cases: { pixels: string }[] }
  const input = Float32Array.from(Buffer.from(cases[0]!.pixels, 'base64'), (value) => value / 255)
  const target = argmax((await model.predict({ shape: [1, ...shape], data: input })).data)

  const groups = groupFeatures({ blocks: 2 }, shape, 'test')
  const dataset: Dataset = { inputShape: shape, size: 0, range: bounds, fingerprint: 'none', example: () => Promise.reject(new Error('empty')) }
  const greedy = greedyAsAttributer({ features: { blocks: 2 }, method: 'regression', objective: 'robustness-sr-complement', norm: 'l2', samples: 100, steps: 5, budget: 20_000, ranked: 0.5 })
  const { data } = await greedy.attribute({ model, inputs: { shape: [1, ...shape], data: input }, targets: [target], randomness: [createRandomness(1, 'x')], batchRows: 64, reference: dataset })
  const { gradient } = await decisionPlane(network, input, target)

  const shares = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]
  const search = await boundarySearch(network, input, target, { norm: 'l2', bounds, starts: 3 })
  /** eps* while the blocks of the largest values are held. */
  const curveOf = async (map: Float32Array): Promise<readonly number[]> => {
    const ofBlocks = new Float64Array(groups.count)
    map.forEach((value, pixel) => (ofBlocks[groups.of[pixel]!]! += Math.abs(value)))
    const order = descending(ofBlocks)
    const masks = shares.map((share) => {
      const held = new Set(order.subarray(0, Math.round(share * groups.count)))
      return Float32Array.from(groups.of, (block) => (held.has(block) ? 0 : 1))
    })
    return (await search(stackRows(masks, shape))).distances
  }
  const [own, others] = [await curveOf(data), await curveOf(gradient)]
  // The shape of the curves that the authors publish: one start, and the greedy one lies more and more above; at the end nothing that is left changes the class. At a tenth of
  // the features, two rounds of ten blocks, it depends on the random sets by how much: over six seeds 0.97 to 1.22 of the gradient's height, 1.06 in the mean, and no less so
  // with four times as many sets. This seed is the one of 0.97.
  expect(own[0]).toBe(others[0])
  expect(own[1]).toBeGreaterThan(others[1]!)
  expect(own[2]).toBeGreaterThan(0.95 * others[2]!)
  for (let index = 3; index < shares.length; index++) expect(own[index]).toBeGreaterThan(others[index]! * (index < 6 ? 1 : 1.5))
  await model.dispose?.()
})
