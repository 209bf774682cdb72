import { UserError, type Model } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { fingerprintOf } from './graph/fingerprint.js'
import { mflopPerRow } from './mflop.js'
import type { Network } from './network.js'

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
  return {
    inputShape,
    classCount: network.classCount,
    outputs,
    fingerprint: fingerprintOf(graph),
    mflopPerRow: mflopPerRow(graph),
    capabilities: outputs === 'logits' ? { network } : {},
    predict: async (inputs) => {
      const result = tf.tidy(() => network.logits(tf.tensor(inputs.data, [...inputs.shape])))
      try {
        return { shape: result.shape, data: (await result.data()) as Float32Array }
      } finally {
        result.dispose()
      }
    },
    rowsRun: network.rowsRun,
    ...(dispose && { dispose: network.dispose }),
  }
}

/** @throws UserError for an output that is no list of at least two classes. */
export function expectClasses(outputShape: readonly number[]): void {
  if (outputShape.length !== 1) throw new UserError(`expected an output of shape [classes], found [${outputShape.join(', ')}]`)
  if (outputShape[0]! < 2) throw new UserError('expected at least two classes, found an output of one value: give each class its own logit')
}
