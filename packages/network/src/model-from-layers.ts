import { canonicalJson, hash, isFiniteArray, UserError, type Model } from '@touchstone/core'
import { layers, tf } from '@touchstone/tensor'
import { GraphError, UnsupportedLayerError } from './graph/graph-error.js'
import { graphFromLayers, readLayers } from './import/layers-model.js'
import { layersArtifacts } from './layers-artifacts.js'
import { expectClasses, modelFromNetwork } from './model-from-network.js'
import { createNetwork, type Network } from './network.js'
import { opaqueModel, type OpaqueModel } from './opaque-model.js'
import { foldBatchNorm } from './transform/fold-batch-norm.js'
import { separateLogits } from './transform/separate-logits.js'

/** How a LayersModel becomes a network. */
export interface NetworkOptions {
  /** Whether a batch normalisation is folded into the layer before it where that is exact: faster, equal up to rounding. Default false. */
  readonly foldBatchNorm?: boolean
}

/**
 * A tf.LayersModel as a network, a softmax at its end separated, so that its outputs are logits. Several inputs are fine.
 *
 * @throws UnsupportedLayerError for a layer that has no place in a network; UserError for an end that has no logits.
 */
export async function networkFromLayers(model: layers.LayersModel, options: NetworkOptions = {}): Promise<Network> {
  const { graph, outputs } = separateLogits(await graphFromLayers(model))
  if (outputs === 'probabilities') throw new UserError('expected a classifier with logits, found one that ends with sigmoid: end it with softmax (which is separated) or linear')
  return createNetwork(options.foldBatchNorm ? foldBatchNorm(graph) : graph)
}

/**
 * A tf.LayersModel as a Touchstone model. Its weights are copied; the LayersModel stays the caller's unless `dispose` is told to take it.
 * A layer that no network can have leaves a model that predicts, and says in `capabilities.networkMissing` why it does no more.
 *
 * @throws UserError where it is no classifier that can be evaluated, or a weight is not a finite number.
 */
export async function modelFromLayers(model: layers.LayersModel, { dispose = false, ...options }: NetworkOptions & { readonly dispose?: boolean } = {}): Promise<Model> {
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    throw new UserError(`expected a model of one input and one output, found ${model.inputs.length} and ${model.outputs.length}`)
  const inputShape = fixed(model.inputs[0]!.shape.slice(1), 'input')
  expectClasses(fixed(model.outputs[0]!.shape.slice(1), 'output'))
  try {
    const { graph: whole, variables } = await readLayers(model)
    const { graph, outputs } = separateLogits(whole)
    const network = createNetwork(options.foldBatchNorm ? foldBatchNorm(graph) : graph)
    const result = modelFromNetwork(network, { outputs, dispose: true })
    if (dispose) model.dispose()
    return outputs === 'logits' ? { ...result, capabilities: { ...result.capabilities, layersArtifacts: layersArtifacts(model, variables, network) } } : result
  } catch (error) {
    if (error instanceof UnsupportedLayerError) return await opaqueLayersModel(model, inputShape, error.problem, dispose)
    if (dispose) model.dispose()
    throw error
  }
}

/** A model whose layers are not seen through: it predicts, and that is all. A softmax at its end is left out. */
async function opaqueLayersModel(model: layers.LayersModel, inputShape: readonly number[], networkMissing: string, dispose: boolean): Promise<Model> {
  return opaqueModel({
    ...endOf(model),
    inputShape,
    classCount: model.outputs[0]!.shape[1]!,
    fingerprint: await fingerprintOfLayers(model),
    networkMissing,
    dispose: dispose ? () => void model.dispose() : undefined,
  })
}

/** What the last layer gives, but for a softmax. */
function endOf(model: layers.LayersModel): Pick<OpaqueModel, 'outputs' | 'run'> {
  const { sourceLayer: last, inputs: before } = model.outputs[0]!
  const kind = last.getClassName()
  const { activation } = last.getConfig()
  const isSoftmax = kind === 'Softmax' || (kind === 'Activation' && activation === 'softmax')
  if (isSoftmax || (kind === 'Dense' && activation === 'softmax')) {
    const upTo = layers.model({ inputs: model.inputs, outputs: before[0]! })
    const [kernel, bias] = isSoftmax ? [] : last.getWeights()
    const run = (x: tf.Tensor): tf.Tensor => {
      const values = upTo.apply(x) as tf.Tensor
      const products = kernel ? tf.matMul(values, kernel) : values
      return bias ? tf.add(products, bias) : products
    }
    return { outputs: 'logits', run: (x) => tf.tidy(() => run(x)) }
  }
  // Only a linear layer at the end is known to give logits.
  return { outputs: activation === 'linear' ? 'logits' : 'probabilities', run: (x) => tf.tidy(() => model.apply(x) as tf.Tensor) }
}

/** A hash of the layers, how they are connected, and their weights. Names of layers are not part of it. */
async function fingerprintOfLayers(model: layers.LayersModel): Promise<string> {
  let architecture = canonicalJson(model.toJSON(null, false))
  ;[model.name, ...model.layers.map(({ name }) => name)].forEach((name, index) => (architecture = architecture.replaceAll(JSON.stringify(name), `"#${index}"`)))
  const weights: Float32Array[] = []
  for (const [index, weight] of model.getWeights().entries()) {
    const data = Float32Array.from(await weight.data())
    if (!isFiniteArray(data)) throw new GraphError(`weight "${model.weights[index]!.originalName}" holds values that are not finite numbers (NaN or infinite)`)
    weights.push(data)
  }
  return hash(architecture, ...weights)
}

function fixed(shape: readonly (number | null)[], what: string): readonly number[] {
  if (shape.some((length) => length === null)) throw new GraphError(`expected an ${what} of fixed shape, found [${shape.map((length) => length ?? '?').join(', ')}]`)
  return shape as readonly number[]
}
