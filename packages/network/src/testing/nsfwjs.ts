import { tf } from '@touchstone/tensor'

// Typed here: the package's own types lean on a package that it does not bring.
const models = {
  mobilenet_v2: (): Promise<unknown> => import('nsfwjs/models/mobilenet_v2'),
  mobilenet_v2_mid: (): Promise<unknown> => import('nsfwjs/models/mobilenet_v2_mid'),
}

interface Definition {
  readonly modelJson: () => Promise<unknown>
  readonly weightBundles: readonly (() => Promise<unknown>)[]
}

/** What the package holds: model.json, and its weight files as base64 text. */
interface Stored {
  readonly format: string
  readonly modelTopology: object
  readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[]
}

/** The one export of a module, however it was brought over from CommonJS. */
function only(loaded: unknown): unknown {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded ? only(loaded.default) : loaded
}

/** A real classifier that nobody here made, out of the npm package nsfwjs: one as a layers-model, one as a graph-model. */
export async function nsfwModel(name: keyof typeof models): Promise<tf.io.ModelArtifacts> {
  const { modelJson, weightBundles } = Object.values((await models[name]()) as object)[0] as Definition
  const { format, modelTopology, weightsManifest } = only(await modelJson()) as Stored
  const shards = await Promise.all(weightBundles.map(async (load) => Uint8Array.from(atob(only(await load()) as string), (char) => char.charCodeAt(0))))
  return { format, modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData: shards.map(({ buffer }) => buffer) }
}

/** Smooth waves of colour, `[rows, 224, 224, 3]` in [0, 1]: neutral images. */
export function waves(rows: number): tf.Tensor {
  const data = new Float32Array(rows * 224 * 224 * 3)
  data.forEach((_, i) => {
    const [channel, x, y, row] = [i % 3, Math.floor(i / 3) % 224, Math.floor(i / 672) % 224, Math.floor(i / 150528)]
    data[i] = 0.5 + 0.4 * Math.sin((x * (row + 1)) / 17 + channel) * Math.cos(y / 23 + row)
  })
  return tf.tensor(data, [rows, 224, 224, 3])
}
