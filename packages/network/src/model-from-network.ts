import { UserError, type Model, type Rows } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { fingerprintOf } from './graph/fingerprint.js'
import { weightsOf } from './graph/node.js'
import { mflopPerRow } from './mflop.js'
import type { Network } from './network.js'
import { forward } from './run/forward.js'

/** What becomes of a network as a model. */
export interface ModelFromNetworkOptions {
  /** What its outputs are. Of probabilities there are no attributions: the model then offers no network. */
  readonly outputs?: Model['outputs']
  /** Whether disposing of the model disposes of the network. */
  readonly dispose?: boolean
}

/**
 * A network as a Touchstone model.
 *
 * @throws UserError for several inputs, or an output that is no list of at least two classes.
 */
export function modelFromNetwork(network: Network, { outputs = 'logits', dispose = false }: ModelFromNetworkOptions = {}): Model {
  const { graph, inputShape, outputShape } = network
  if (graph.inputs.length !== 1) throw new UserError(`expected a model of one input, found ${graph.inputs.length}: ${graph.inputs.join(', ')}`)
  expectClasses(outputShape)
  // A network without weights decides by its outputs.
  const decisive = graph.places.findLast(({ node }) => weightsOf(node).length > 0)?.node.inputs[0] ?? graph.output
  const ask = async (inputs: Rows, of: (x: tf.Tensor) => tf.Tensor): Promise<Rows> => {
    const result = tf.tidy(() => of(tf.tensor(inputs.data, [...inputs.shape])))
    try {
      return { shape: result.shape, data: (await result.data()) as Float32Array }
    } finally {
      result.dispose()
    }
  }
  return {
    inputShape,
    classCount: network.classCount,
    outputs,
    fingerprint: fingerprintOf(graph),
    mflopPerRow: mflopPerRow(graph),
    capabilities: outputs === 'logits' ? { network, representation: (inputs) => ask(inputs, (x) => tf.reshape(forward(network, x).of(decisive), [x.shape[0], -1])) } : {},
    // Kernels for cards fail where there are no rows.
    predict: (inputs) => (inputs.shape[0] === 0 ? Promise.resolve({ shape: [0, network.classCount], data: new Float32Array(0) }) : ask(inputs, network.logits)),
    rowsRun: network.rowsRun,
    ...(dispose && { dispose: network.dispose }),
  }
}

/** @throws UserError for an output that is no list of at least two classes. */
export function expectClasses(outputShape: readonly number[]): void {
  if (outputShape.length !== 1) throw new UserError(`expected an output of shape [classes], found [${outputShape.join(', ')}]`)
  if (outputShape[0]! < 2) throw new UserError('expected at least two classes, found an output of one value: give each class its own logit')
}
