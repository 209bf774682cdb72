import { canonicalJson, hash, isFiniteArray, UserError, type Model } from '@touchstone/core'
import { layers, tf } from '@touchstone/tensor'
import { networkFromLayers } from './layers-network.js'
import { mflopPerRow } from './mflop.js'
import './network.js'

/**
 * A tf.LayersModel as a Touchstone model. The LayersModel stays the caller's unless `dispose` is told to take it.
 *
 * @throws UserError where it is no classifier that can be evaluated, or a weight is not a finite number.
 */
export async function modelFromLayers(model: layers.LayersModel, { dispose = false } = {}): Promise<Model> {
  const { network, inputShape, classCount, outputs } = networkFromLayers(model)
  const fingerprint = await fingerprintOf(model)
  let rows = 0
  return {
    inputShape,
    classCount,
    outputs,
    fingerprint,
    mflopPerRow: mflopPerRow(model),
    capabilities: network ? { network } : {},
    predict: async (inputs) => {
      const result = tf.tidy(() => {
        const x = tf.tensor(inputs.data, [...inputs.shape])
        return network ? network.logits(x) : (model.apply(x) as tf.Tensor)
      })
      if (!network) rows += inputs.shape[0] ?? 0
      try {
        return { shape: result.shape, data: (await result.data()) as Float32Array }
      } finally {
        result.dispose()
      }
    },
    rowsRun: () => network?.rowsRun() ?? rows,
    ...(dispose && { dispose: () => void model.dispose() }),
  }
}

/** A hash of the layers, how they are connected, and their weights. Names of layers are not part of it. */
async function fingerprintOf(model: layers.LayersModel): Promise<string> {
  let architecture = canonicalJson(model.toJSON(null, false))
  ;[model.name, ...model.layers.map(({ name }) => name)].forEach((name, index) => (architecture = architecture.replaceAll(JSON.stringify(name), `"#${index}"`)))
  const weights: Float32Array[] = []
  for (const layer of model.layers) {
    for (const [index, weight] of layer.getWeights().entries()) {
      const data = (await weight.data()) as Float32Array
      if (!isFiniteArray(data)) throw new UserError(`weight "${layer.weights[index]?.originalName ?? layer.name}" holds values that are not finite numbers (NaN or infinite)`)
      weights.push(data)
    }
  }
  return hash(architecture, ...weights)
}
