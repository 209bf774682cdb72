/*
 * A kind of extension that Touchstone does not know: filters of maps. The Host checks its options, lists it and makes it like any other; a pipeline of one's own uses it.
 */
import { Base, createRandomness, defineExtension, definePlugin, Host, option, rowAt, schemaOf, stackRows, type AttributionMap, type Kind } from '@touchstone/core'
import comparisons from '@touchstone/comparisons'
import datasets from '@touchstone/datasets'
import gradients from '@touchstone/gradients'
import { smooth } from '@touchstone/lens'
import tfjsModels from '@touchstone/tfjs-models'

/** Makes another map of a map. */
interface MapFilter {
  readonly filter: (map: AttributionMap) => AttributionMap
}

declare module '@touchstone/core' {
  interface Extensions {
    'map-filter': MapFilter
  }
  interface ExtensionTraits {
    'map-filter': { readonly keepsSign: boolean }
  }
}

const windowMean = defineExtension({
  kind: 'map-filter',
  name: 'window-mean',
  summary: 'the mean over a window around each pixel',
  traits: { keepsSign: true },
  options: { w: option(schemaOf((value): value is number => Number.isInteger(value) && (value as number) >= 0, 'expected a whole number, at least 0'), { summary: 'how far the window reaches', default: 1, unit: 'pixels' }) },
  create: ({ w }) => ({
    filter: ({ shape, data }) => {
      const [height, width] = [shape[0]!, shape[1]!]
      return { shape, data: Float32Array.from(smooth({ height, width, values: Float64Array.from(data) }, w)) }
    },
  }),
})

const host = new Host([tfjsModels, datasets, gradients, comparisons, definePlugin({ name: 'my-filters', extensions: [windowMean] })])
await using scope = host.open([{ token: Base, value: { path: import.meta.dirname } }])
const made = <K extends Kind>(kind: K, use: string, options: Readonly<Record<string, unknown>> = {}) => scope.create({ ...host.resolver().resolve(kind, { use, options }, [])!, kind })

const model = await made('model', 'layers-model', { path: '../quickstart/models/well' })
const dataset = await made('dataset', 'mnist', { split: 'test' })
const saliency = await made('attributer', 'saliency')
const spearman = await made('comparison', 'spearman')

const { id, input, label = 0 } = await dataset.example(0)
const randomness = createRandomness(1, id)
const noisy = input.map((value, pixel) => Math.min(1, Math.max(0, value + 0.2 * (randomness.uniforms('noise', 0, input.length)[pixel]! - 0.5))))
const maps = await saliency.attribute({ model, inputs: stackRows([input, noisy], model.inputShape), targets: [label, label], randomness: [randomness, randomness], batchRows: 64 })

for (const w of [0, 1, 2, 3]) {
  const { filter } = await made('map-filter', 'window-mean', { w })
  const [map, other] = [0, 1].map((row) => filter({ shape: model.inputShape, data: rowAt(maps, row) }))
  console.log(`saliency under noise, window ${w}: Spearman ${spearman.compare(map!, other!).value!.toFixed(3)}`)
}
