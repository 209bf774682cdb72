import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Base, defineExtension, Engine, option, suggestion, type Model } from '@touchstone/core'
import { modelFromLayers } from '@touchstone/network'
import { layers, tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { cards } from './cards.js'

/** As `touchstone train` writes it. */
interface ModelJson {
  readonly modelTopology: object
  readonly weightsManifest: readonly [{ readonly weights: tf.io.WeightsManifestEntry[] }]
}

const names = cards.map(({ name }) => name)

/**
 * `zoo`: a trained classifier of this package, by its name. Outputs are logits. Batch normalisations are folded into the convolutions before them unless `foldBatchNorm` is false: the same
 * function, with fewer layers for attributions to go through.
 * @throws UserError for a name that is not there.
 */
export const zoo = defineExtension({
  kind: 'model',
  name: 'zoo',
  summary: 'A trained classifier of the zoo, by its name',
  traits: { formats: ['tfjs layers-model'] },
  options: {
    name: option(z.string('expected a name').check(z.refine((name) => names.includes(name), { error: ({ input }) => `there is no such network${suggestion(String(input), names)}; choose from ${names.join(', ')}` })), { summary: 'which, as in mnist-well-1; the README of @touchstone/zoo has the list' }),
    foldBatchNorm: option(z.boolean('expected true or false'), { summary: 'whether batch normalisations become part of the layers before them', default: true }),
  },
  services: { engine: Engine, base: Base },
  create: async ({ name, foldBatchNorm }, { base }): Promise<Model> => {
    const files = ['model.json', 'weights.bin'].map((file) => fileURLToPath(new URL(`../models/${name}/${file}`, import.meta.url)))
    const [text, weights] = await Promise.all(files.map((file) => base.files?.read(file) ?? readFile(file)))
    const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(text)) as ModelJson
    const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData: new Uint8Array(weights!).buffer }
    return { ...(await modelFromLayers(await layers.loadLayersModel(tf.io.fromMemory(artifacts)), { dispose: true, foldBatchNorm })), files }
  },
})
