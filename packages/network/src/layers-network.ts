import { UserError } from '@touchstone/core'
import { layers, tf } from '@touchstone/tensor'
import type { Network } from './network.js'

/** A tf.LayersModel read as a classifier. */
export interface LayersNetwork {
  /** Absent where the model ends in probabilities that cannot be turned into logits. */
  readonly network?: Network
  readonly inputShape: readonly number[]
  readonly classCount: number
  readonly outputs: 'logits' | 'probabilities'
}

/**
 * Reads a LayersModel as a function from inputs to logits: a softmax at its end is separated, a linear end is taken as it is.
 *
 * @throws UserError for several inputs or outputs, shapes that are not fixed, or an end that is no classifier's.
 */
export function networkFromLayers(model: layers.LayersModel): LayersNetwork {
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    throw new UserError(`expected a model of one input and one output, found ${model.inputs.length} and ${model.outputs.length}`)
  const inputShape = fixed(model.inputs[0]!.shape.slice(1), 'input')
  const outputShape = fixed(model.outputs[0]!.shape.slice(1), 'output')
  if (outputShape.length !== 1) throw new UserError(`expected an output of shape [classes], found [${outputShape.join(', ')}]`)
  const classCount = outputShape[0]!
  if (classCount < 2) throw new UserError('expected at least two classes, found an output of one value: give each class its own logit')

  const toLogits = separateLogits(model)
  if (!toLogits) return { inputShape, classCount, outputs: 'probabilities' }
  let rows = 0
  const network: Network = {
    inputShape,
    classCount,
    logits: (x) => {
      rows += x.shape[0]
      return toLogits(x)
    },
    rowsRun: () => rows,
  }
  return { network, inputShape, classCount, outputs: 'logits' }
}

/** The function up to the logits; undefined where there are none behind the outputs. */
function separateLogits(model: layers.LayersModel): ((x: tf.Tensor) => tf.Tensor2D) | undefined {
  const last = model.outputs[0]!.sourceLayer
  const config = last.getConfig()
  const kind = last.getClassName()
  const activation = kind === 'Softmax' ? 'softmax' : typeof config.activation === 'string' ? config.activation : 'linear'
  if (activation === 'linear') return (x) => model.apply(x) as tf.Tensor2D
  if (activation === 'sigmoid') return undefined
  if (activation !== 'softmax') throw new UserError(`expected a classifier that ends with softmax or linear, found "${activation}"`)

  const before = upTo(model, last.input as layers.SymbolicTensor)
  if (kind === 'Softmax' || kind === 'Activation') return (x) => before(x) as tf.Tensor2D
  if (kind !== 'Dense') throw new UserError(`expected the softmax at the end in a dense or a softmax layer, found it in ${kind}`)
  return (x) => {
    const [kernel, bias] = last.getWeights()
    const product: tf.Tensor2D = tf.matMul(before(x), kernel as tf.Tensor2D)
    return bias ? tf.add<tf.Tensor2D>(product, bias) : product
  }
}

/** The model from its input to an inner tensor. */
function upTo(model: layers.LayersModel, inner: layers.SymbolicTensor): (x: tf.Tensor) => tf.Tensor {
  if (inner === model.inputs[0]) return (x) => x
  const part = layers.model({ inputs: model.inputs, outputs: inner })
  return (x) => part.apply(x) as tf.Tensor
}

function fixed(shape: readonly (number | null)[], what: string): readonly number[] {
  if (shape.some((length) => length === null)) throw new UserError(`expected an ${what} of fixed shape, found [${shape.map((length) => length ?? '?').join(', ')}]`)
  return shape as readonly number[]
}
